import Decoding
import Records

// Sends by other system calls, which may be what a program does about messages that a sendmmsg left
// unsent. Only while there may be such messages is any of them looked at.
extension Tracer {
  /// Nanoseconds for which the last call that fell short may be followed up: as long as it is
  /// waited for.
  private static let patience: UInt64 = 61_000_000_000

  /// A call has ended: from now on other sends are looked at, where it fell short.
  mutating func expectRetry(of snapshot: CallSnapshot) {
    guard let exit = snapshot.exit, let arguments = snapshot.arguments else { return }
    // A stream's last message may have been taken in part.
    let isStream = snapshot.socket.map { $0.type == SocketType.stream.rawValue } ?? true
    if isStream || exit.returnValue != Int64(arguments.vectorLength) {
      retriesExpectedUntil = exit.monotonic &+ Self.patience
    }
  }

  /// A call has ended: where it left messages unsent they are read as a whole, and so is what the
  /// process sends next. A stream is followed by its order.
  mutating func expectComparison(
    of snapshot: inout CallSnapshot, _ stop: borrowing Stop, _ thread: TracedThread
  ) {
    guard let exit = snapshot.exit, let arguments = snapshot.arguments,
      snapshot.socket?.type != SocketType.stream.rawValue,
      exit.returnValue < Int64(arguments.vectorLength)
    else { return }
    capture.readContents(&snapshot, memory: stop.memory)
    thread.process.comparison.renew(
      at: exit.monotonic, unsent: Int(arguments.vectorLength) - Int(max(exit.returnValue, 0)),
      bytes: (snapshot.contents ?? snapshot.payload).bytes.count)
  }

  /// A call other than sendmmsg is entered: where it sends on a socket, it is looked at.
  mutating func otherCallEntered(
    _ stop: borrowing Stop, _ thread: TracedThread, architecture: UInt32, number: UInt64,
    _ registers: CallInfo.Arguments
  ) {
    thread.otherSend = nil
    guard retriesExpectedUntil > 0, phase == .tracing, isRecorded(thread.process),
      let (syscall, abi, isSocketcall) = SystemCallTable.otherSend(
        architecture: architecture, number: number, firstArgument: registers.first)
    else { return }
    let now = Clock.monotonic()
    guard now < retriesExpectedUntil else {
      retriesExpectedUntil = 0
      return
    }
    let reader = OtherSendReader(memory: stop.memory, layout: MessageLayout.of(abi))
    guard let arguments = isSocketcall ? reader.socketcall(registers) : registers else { return }
    let fd = Int32(truncatingIfNeeded: arguments.first)
    guard case .socket(let socket) = sockets.ask(fd: fd, of: thread) else { return }
    var send = OtherSendSnapshot(
      syscall: syscall, pid: thread.process.pid, tid: thread.tid, fd: fd, monotonic: now,
      socket: socket)
    let isCompared =
      thread.process.comparison.isOpen(at: now) && socket.type != SocketType.stream.rawValue
    reader.read(
      arguments, into: &send,
      limit: isCompared
        ? CallSnapshot.longestContents
        : min(settings.payloadLimit, OtherSendReader.comparedBytes))
    if isCompared { thread.process.comparison.spend(send.payload.count) }
    thread.otherSend = send
  }

  /// It has returned. What a stream did not take of it is what the program may go on with.
  func otherCallReturned(_ stop: borrowing Stop, _ thread: TracedThread, _ returnValue: Int64) {
    if let send = thread.otherSend, send.socket?.type == SocketType.stream.rawValue,
      returnValue > 0
    {
      let reader = OtherSendReader(memory: stop.memory, layout: .of(.x86_64))
      thread.otherSend?.cut = reader.bytes(
        of: send.iovecs, behind: UInt64(returnValue),
        limit: min(settings.payloadLimit, OtherSendReader.comparedBytes))
    }
    otherCallLeft(thread, returnValue: returnValue)
  }

  /// It has ended, or its thread has.
  func otherCallLeft(_ thread: TracedThread, returnValue: Int64?) {
    guard var send = thread.otherSend else { return }
    thread.otherSend = nil
    if let returnValue, Self.restartCodes.contains(returnValue) { return }
    send.returnValue = returnValue
    reports.push(.otherSend(send))
  }
}

/// Reads what a sending system call is about.
struct OtherSendReader: ~Escapable {
  private let memory: TraceeMemory
  private let layout: MessageLayout

  /// Bytes of a message that are compared where it is not read as a whole.
  static let comparedBytes: UInt64 = 256
  private static let maximumIovecs: UInt64 = 1024
  private static let maximumControl = 1024

  @_lifetime(copy memory)
  init(memory: consuming TraceeMemory, layout: MessageLayout) {
    self.memory = memory
    self.layout = layout
  }

  /// The arguments that `socketcall` is pointed at: six words at most.
  func socketcall(_ registers: CallInfo.Arguments) -> CallInfo.Arguments? {
    guard let block = bytes(RemoteAddress(registers.second), 16) else { return nil }
    let more = bytes(RemoteAddress(registers.second), 24) ?? block + [UInt8](repeating: 0, count: 8)
    func word(_ index: Int) -> UInt64 {
      (0..<4).reduce(0) { $0 | UInt64(more[index * 4 + $1]) << UInt64($1 * 8) }
    }
    return CallInfo.Arguments(
      first: word(0), second: word(1), third: word(2), fourth: word(3), fifth: word(4),
      sixth: word(5))
  }

  /// Up to `limit` bytes of what it sends.
  func read(
    _ arguments: CallInfo.Arguments, into send: inout OtherSendSnapshot, limit: UInt64
  ) {
    switch send.syscall {
    case .write, .send:
      send.iovecs = [IOVector(base: RemoteAddress(arguments.second), length: arguments.third)]
    case .sendto:
      send.iovecs = [IOVector(base: RemoteAddress(arguments.second), length: arguments.third)]
      readName(arguments.fifth, arguments.sixth & 0xffff_ffff, into: &send)
    case .writev: readIovecs(arguments.second, arguments.third, into: &send)
    case .sendmsg: readHeader(arguments.second, into: &send)
    }
    readPayload(into: &send, limit: Int(limit))
  }

  private func readHeader(_ address: UInt64, into send: inout OtherSendSnapshot) {
    guard let bytes = bytes(RemoteAddress(address), layout.sentLengthOffset),
      let header = layout.header(in: bytes, at: 0)
    else {
      send.isFaulty = true
      return
    }
    send.hasControl = header.controlLength > 0
    if let range = header.controlRange, range.count <= Self.maximumControl {
      send.control = self.bytes(range.start, range.count)
      send.layout = layout
    }
    if header.nameLength > 0 { readName(header.name.value, UInt64(header.nameLength), into: &send) }
    readIovecs(header.iovecs.value, header.iovecCount, into: &send)
  }

  private func readName(_ address: UInt64, _ length: UInt64, into send: inout OtherSendSnapshot) {
    guard address != 0, length > 0 else { return }
    send.name = bytes(RemoteAddress(address), Int(min(length, UInt64(SocketAddressBytes.capacity))))
    if send.name == nil { send.isFaulty = true }
  }

  private func readIovecs(_ address: UInt64, _ count: UInt64, into send: inout OtherSendSnapshot) {
    guard count > 0 else { return }
    guard count <= Self.maximumIovecs,
      let bytes = bytes(RemoteAddress(address), Int(count) * layout.iovecStride)
    else {
      send.isFaulty = true
      return
    }
    send.iovecs = (0..<Int(count)).compactMap {
      layout.iovec(in: bytes, at: $0 * layout.iovecStride)
    }
  }

  private func readPayload(into send: inout OtherSendSnapshot, limit: Int) {
    for iovec in send.iovecs where send.payload.count < limit && iovec.length > 0 {
      let count = Int(min(iovec.length, UInt64(limit - send.payload.count)))
      guard let piece = bytes(iovec.base, count) else {
        send.isFaulty = true
        return
      }
      send.payload += piece
    }
  }

  /// Up to `limit` bytes of what lies so far into it, in one piece of memory.
  func bytes(of iovecs: [IOVector], behind count: UInt64, limit: UInt64) -> [UInt8] {
    var left = count
    for iovec in iovecs {
      guard left >= iovec.length else {
        let count = min(iovec.length - left, limit)
        return iovec.base.advanced(by: left).flatMap { bytes($0, Int(count)) } ?? []
      }
      left -= iovec.length
    }
    return []
  }

  private func bytes(_ address: RemoteAddress, _ count: Int) -> [UInt8]? {
    memory.bytes(at: address, count: count)
  }
}
