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
  package var socket: SocketSnapshot?
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
}

extension OtherSend {
  /// Decodes one.
  package init(_ snapshot: OtherSendSnapshot) {
    let socket = snapshot.socket.map { SocketDescription($0, interfaces: InterfaceNames()) }
    let reader = AddressReader(socket: socket.map { SocketKind($0) })
    let exit = snapshot.returnValue.map {
      CallSnapshot.Exit(monotonic: snapshot.monotonic, returnValue: $0)
    }
    let bytes = snapshot.iovecs.reduce(UInt64(0)) {
      min($0 &+ min($1.length, IOVector.maximumTotal), IOVector.maximumTotal)
    }
    let control = snapshot.controlMessages
    self.init(
      syscall: snapshot.syscall, pid: snapshot.pid, tid: snapshot.tid, fd: snapshot.fd,
      monotonic: snapshot.monotonic, socket: socket, result: CallResult(exit),
      hasControl: control == nil,
      message: Message(
        index: 0, header: nil, bytes: snapshot.isFaulty ? nil : bytes, sentLength: nil,
        name: snapshot.name.map { reader.read($0, in: 0..<$0.count) },
        iovecs: snapshot.iovecs[...],
        payload: Payload(
          data: snapshot.payload[...], truncated: UInt64(snapshot.payload.count) < bytes,
          fault: nil),
        control: control ?? [],
        segmentation: control.flatMap { Self.segmentation($0, socket) }, fault: nil,
        truncated: false),
      cut: snapshot.cut)
  }

  /// How UDP cuts it by its control messages; what the option of the socket says is not known.
  private static func segmentation(
    _ control: [ControlMessage], _ socket: SocketDescription?
  ) -> Segmentation? {
    guard let socket, SocketKind(socket).isUDP, let size = control.last(where: \.isSegmentSize)
    else { return nil }
    let number = UInt16(truncatingIfNeeded: size.data.littleEndian(at: 0, size: 2))
    return number > 0 ? Segmentation(source: .message, size: number, pieces: nil) : nil
  }
}

extension OtherSendSnapshot {
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
