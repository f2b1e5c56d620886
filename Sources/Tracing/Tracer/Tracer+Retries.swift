import Decoding
import Records

// Sends by other system calls, which may be what a program does about messages that a sendmmsg left
// unsent. Only while there may be such messages is any of them looked at.
extension Tracer {
  /// Nanoseconds for which the last call that fell short may be followed up: as long as it is
  /// waited for, which ends with the next look at the time.
  private static let patience = FollowUp.longestSilence + 1_000_000_000

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
  /// process sends next.
  mutating func expectComparison(
    of snapshot: inout CallSnapshot, _ stop: borrowing Stop, _ thread: TracedThread
  ) {
    guard let exit = snapshot.exit, let arguments = snapshot.arguments,
      exit.returnValue < Int64(arguments.vectorLength) || snapshot.cut != nil
    else { return }
    let wasCharged = snapshot.payloadHasContents
    capture.readContents(&snapshot, memory: stop.memory)
    let bytes = (snapshot.contents ?? snapshot.payload).bytes.count
    // It was no send that might have followed another one alone.
    if wasCharged { thread.process.comparison.refund(bytes) }
    thread.process.leftovers.add(
      at: exit.monotonic,
      unsent: max(Int(arguments.vectorLength) - Int(max(exit.returnValue, 0)), 1),
      bytes: bytes)
  }

  /// A call has ended: its descriptor may have been another socket's when one on it fell short.
  /// Whether that is closed is asked before the process goes on, and perhaps ends.
  func askForClosedSocket(_ snapshot: inout CallSnapshot, _ thread: TracedThread) {
    guard let exit = snapshot.exit, let arguments = snapshot.arguments,
      let inode = snapshot.socket?.inode
    else { return }
    snapshot.closedSocket = closedSocket(before: inode, on: arguments.fd, of: thread.process)
    if exit.returnValue < Int64(arguments.vectorLength) || snapshot.cut != nil {
      thread.process.unsentSockets.note(inode, on: arguments.fd)
    }
  }

  private func closedSocket(
    before inode: UInt64, on fd: Int32, of process: TracedProcess
  ) -> UInt64? {
    process.unsentSockets.closed(on: fd, now: inode) {
      OpenSockets.contain(inode: $0, processes: [process.pid]).map { !$0 }
    }
  }

  /// A call other than sendmmsg is entered: where it sends on a socket, it is looked at.
  mutating func otherSendEntered(
    _ stop: borrowing Stop, _ thread: TracedThread, _ site: CallSite
  ) {
    // A call that is under way may fall short of what is sent now.
    guard retriesExpectedUntil > 0 || heldCalls > 0, phase == .tracing, isRecorded(thread.process),
      let (syscall, abi, isSocketcall) = SystemCallTable.otherSend(
        architecture: site.architecture, number: site.number,
        firstArgument: site.arguments.first)
    else { return }
    let now = Clock.monotonic()
    if now >= retriesExpectedUntil { retriesExpectedUntil = 0 }
    guard retriesExpectedUntil > 0 || heldCalls > 0 else { return }
    let reader = OtherSendReader(memory: stop.memory, layout: MessageLayout.of(abi))
    guard let arguments = isSocketcall ? reader.socketcall(site.arguments) : site.arguments
    else { return }
    let fd = Int32(truncatingIfNeeded: arguments.first)
    var details = CallDetails()
    let answer = sockets.ask(fd: fd, of: thread) { details.askDatagrams($0, $1) }
    guard case .socket(let socket) = answer else { return }
    var send = OtherSendSnapshot(
      syscall: syscall, pid: thread.process.pid, tid: thread.tid, fd: fd, monotonic: now,
      socket: socket)
    send.details = details
    send.closedSocket = closedSocket(before: socket.inode, on: fd, of: thread.process)
    let isCompared = thread.process.isCompared(at: now)
    reader.read(
      arguments, into: &send,
      limit: isCompared
        ? CallSnapshot.longestContents
        : min(settings.payloadLimit, FollowUp.comparedBytes))
    if isCompared { thread.process.comparison.spend(send.payload.count) }
    thread.current = .otherSend(send)
  }

  /// It has returned. What a stream did not take of it is what the program may go on with.
  func otherSendLeft(_ stop: borrowing Stop, _ send: OtherSendSnapshot, returnValue: Int64) {
    if Self.restartCodes.contains(returnValue) { return }
    var send = send
    if send.socket?.type == SocketType.stream.rawValue, returnValue > 0 {
      let reader = OtherSendReader(memory: stop.memory, layout: .of(.x86_64))
      send.cut = reader.bytes(
        of: send.iovecs, behind: UInt64(returnValue),
        limit: min(settings.payloadLimit, FollowUp.comparedBytes))
    }
    reportOtherSend(send, returnValue: returnValue)
  }

  /// Its thread has ended, perhaps in one.
  func otherSendEnded(with thread: TracedThread) {
    guard case .otherSend(let send) = thread.leaveCall() else { return }
    reportOtherSend(send, returnValue: nil)
  }

  private func reportOtherSend(_ send: OtherSendSnapshot, returnValue: Int64?) {
    var send = send
    send.returnValue = returnValue
    send.left = Clock.monotonic()
    reports.push(.otherSend(send))
  }
}
