package import Records

/// A send by another system call than `sendmmsg`, as the tracer saw it: only what it takes to know
/// a message again.
package struct OtherSendSnapshot: Sendable {
  package var syscall: OtherSend.Syscall
  package var pid: Int32
  package var tid: Int32
  package var fd: Int32
  /// CLOCK_MONOTONIC at entry, nanoseconds.
  package var monotonic: UInt64
  /// The same when it returned; nil where that was not seen.
  package var left: UInt64?
  package var socket: SocketSnapshot?
  /// The socket that the descriptor was when a call on it fell short, by inode, where the process
  /// had closed that by now; nil where it had not, or nobody knows.
  package var closedSocket: UInt64?
  package var flags: SendFlags = []
  /// How UDP cuts and joins what it sends on the socket, as far as that was asked.
  package var details = CallDetails()
  /// The destination's bytes; nil where it names none.
  package var name: [UInt8]?
  package var iovecs: [IOVector] = []
  /// The first bytes.
  package var payload: [UInt8] = []
  /// The first bytes that a stream did not take.
  package var cut: [UInt8] = []
  package var hasControl = false
  /// Its control messages, where they could be read.
  package var control: [UInt8]?
  package var layout: MessageLayout?
  /// True where some of it could not be read.
  package var isFaulty = false
  /// Bytes taken, or a negated errno; nil where no exit was seen.
  package var returnValue: Int64?

  package init(
    syscall: OtherSend.Syscall, pid: Int32, tid: Int32, fd: Int32, monotonic: UInt64,
    socket: SocketSnapshot?
  ) {
    self.syscall = syscall
    self.pid = pid
    self.tid = tid
    self.fd = fd
    self.monotonic = monotonic
    self.socket = socket
  }

  /// The bytes that it holds besides its own place.
  package var byteCount: Int {
    payload.count + cut.count + (name?.count ?? 0) + (control?.count ?? 0)
      + iovecs.count * MemoryLayout<IOVector>.stride
  }
}

extension OtherSend {
  /// Decodes one.
  package init(_ snapshot: OtherSendSnapshot) {
    let socket = snapshot.socket.map { SocketDescription($0, interfaces: InterfaceNames()) }
    let reader = AddressReader(socket: socket.map { SocketKind($0) })
    let exit = snapshot.returnValue.map {
      CallSnapshot.Exit(monotonic: snapshot.left ?? snapshot.monotonic, returnValue: $0)
    }
    let bytes = snapshot.iovecs.reduce(UInt64(0)) {
      min($0 &+ min($1.length, IOVector.maximumTotal), IOVector.maximumTotal)
    }
    let control = snapshot.controlMessages
    self.init(
      syscall: snapshot.syscall, pid: snapshot.pid, tid: snapshot.tid, fd: snapshot.fd,
      monotonic: snapshot.monotonic, left: snapshot.left, socket: socket,
      result: CallResult(exit),
      hasUnknowns: control == nil || snapshot.mayBeCut(control ?? [], socket),
      isWhole: snapshot.isWhole(on: socket),
      message: Message(
        index: 0, header: nil, bytes: snapshot.isFaulty ? nil : bytes, sentLength: nil,
        name: snapshot.name.map { reader.read($0, in: 0..<$0.count) },
        iovecs: snapshot.iovecs[...],
        payload: Payload(
          data: snapshot.payload[...], truncated: UInt64(snapshot.payload.count) < bytes,
          fault: nil),
        control: control ?? [],
        segmentation: control.flatMap { snapshot.segmentation($0, socket) }, fault: nil,
        truncated: false),
      cut: snapshot.cut)
    closedSocket = snapshot.closedSocket
  }
}

extension OtherSendSnapshot {
  /// How UDP cuts it: by the last UDP_SEGMENT of its own, else by the option of the socket.
  fileprivate func segmentation(
    _ control: [ControlMessage], _ socket: SocketDescription?
  ) -> Segmentation? {
    guard socket?.isUDP == true else { return nil }
    let own = control.last(where: \.isSegmentSize)?.data.littleEndian(at: 0, size: 2)
    let size = own.map { UInt16(truncatingIfNeeded: $0) } ?? details.segmentSize ?? 0
    return size > 0
      ? Segmentation(source: own == nil ? .socket : .message, size: size, pieces: nil) : nil
  }

  /// True where the option of the socket may cut it, which could not be asked.
  fileprivate func mayBeCut(_ control: [ControlMessage], _ socket: SocketDescription?) -> Bool {
    socket?.isUDP == true && details.segmentSize == nil && !control.contains(where: \.isSegmentSize)
  }

  /// False where it may be held back to be joined with others (`udp_sendmsg`, `raw_sendmsg`), or
  /// is only a question.
  fileprivate func isWhole(on socket: SocketDescription?) -> Bool {
    guard let socket, socket.family == .inet || socket.family == .inet6,
      socket.isUDP || socket.type == .raw
    else { return true }
    return flags.isDisjoint(with: [.more, .probe]) && !details.isCorked
  }

  /// Those it has; nil where they are not known. What passes descriptors or credentials is not
  /// compared.
  fileprivate var controlMessages: [ControlMessage]? {
    guard hasControl else { return [] }
    guard let control, let layout else { return nil }
    let walk = ControlMessageWalk(
      control, in: control.indices, length: control.count, layout: layout,
      most: Self.mostControlMessages)
    // SOL_SOCKET: SCM_RIGHTS, SCM_CREDENTIALS.
    let isContent = walk.messages.contains { $0.level == 1 && ($0.type == 1 || $0.type == 2) }
    return walk.end == .done && !walk.lastIsMalformed && !isContent ? walk.messages : nil
  }

  private static let mostControlMessages = 64
}

extension ControlMessage {
  /// UDP_SEGMENT
  fileprivate var isSegmentSize: Bool { level == 17 && type == 103 && data.count == 2 }
}

extension SystemCallTable {
  /// The other ways to send on a socket; `firstArgument` tells `socketcall`'s sub-calls apart.
  package static func otherSend(
    architecture: UInt32, number: UInt64, firstArgument: UInt64
  ) -> (syscall: OtherSend.Syscall, abi: ABI, isSocketcall: Bool)? {
    guard let abi = abi(architecture: architecture) else { return nil }
    if abi == .i386, number == 102 {
      return socketcalls[firstArgument & 0xffff_ffff].map { ($0, abi, true) }
    }
    if abi == .x86_64, number & x32Bit != 0 {
      return x32[number & ~x32Bit].map { ($0, .x32, false) }
    }
    return otherSends[abi]?[number].map { ($0, abi, false) }
  }

  private static let x32Bit: UInt64 = 0x4000_0000
  private static let socketcalls: [UInt64: OtherSend.Syscall] = [
    9: .send, 11: .sendto, 16: .sendmsg,
  ]
  private static let x32: [UInt64: OtherSend.Syscall] = [
    1: .write, 44: .sendto, 516: .writev, 518: .sendmsg,
  ]
  private static let otherSends: [ABI: [UInt64: OtherSend.Syscall]] = [
    .x86_64: [1: .write, 20: .writev, 44: .sendto, 46: .sendmsg],
    .i386: [4: .write, 146: .writev, 369: .sendto, 370: .sendmsg],
    .aarch64: [64: .write, 66: .writev, 206: .sendto, 211: .sendmsg],
    .arm: [4: .write, 146: .writev, 289: .send, 290: .sendto, 296: .sendmsg],
  ]
}
