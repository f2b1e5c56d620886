import Decoding
import Records

// The two stops of a call, and what a signal can put between them.
//
//     entry ─► exit n                        one call
//     entry ─► exit −512 ─► entry ─► exit n  the same call, taken up again
//     entry ─► exit −512 ─► handler ─► rt_sigreturn: −4 (EINTR), or the call again
extension Tracer {
  /// A system call is entered or left, or the filter stopped one; true where one is entered.
  mutating func callStopped(_ stop: borrowing Stop) throws(TraceeError) -> Bool {
    guard let info = try stop.callInfo() else { return false }
    switch info.phase {
    case .entry(let number, let arguments, let filterData):
      let meaning = SystemCallTable.meaning(
        architecture: info.architecture, number: number, firstArgument: arguments.first)
      switch meaning {
      case .send(let abi, let syscall):
        // With a filter the entry stop precedes the filter's own; one of them is enough.
        if filterData == nil, isFiltered(stop.tid) { return true }
        let site = CallSite(
          architecture: info.architecture, number: number,
          instructionPointer: info.instructionPointer, stackPointer: info.stackPointer,
          arguments: arguments)
        try callEntered(stop, abi: abi, syscall: syscall, site: site)
      case .other where filterData != nil && filterData != SeccompFilter.mark:
        // A filter of the program's own asked for a tracer that it does not have.
        try stop.skipCall()
      case .signalReturn, .other: break
      }
      return true
    case .exit(let returnValue, _):
      try callLeft(stop, returnValue: returnValue, stackPointer: info.stackPointer)
    case .none: break
    }
    return false
  }

  private mutating func callEntered(
    _ stop: borrowing Stop, abi: ABI, syscall: Syscall, site: CallSite
  ) throws(TraceeError) {
    let tid = stop.tid
    guard let pid = table[thread: tid]?.pid, isRecorded(pid) else { return }
    if let last = table[thread: tid]?.interrupted.last {
      if last.site == site {
        table[thread: tid]?.interrupted.removeLast()
        var call = last
        call.snapshot.restarts += 1
        table[thread: tid]?.call = call
        return
      }
      // A handler's own calls lie deeper in the stack. One that does not was made after a jump out
      // of the handler: the interrupted call will never return.
      leaveJumped(tid, stackPointer: site.stackPointer)
    }
    var snapshot = snapshot(stop, pid: pid, abi: abi, syscall: syscall, site: site)
    if isUnchangedBySending(snapshot) {
      // Asked while the kernel sends.
      socketToAsk = tid
    } else {
      askSocket(&snapshot)
    }
    table[thread: tid]?.call = PendingCall(snapshot: snapshot, site: site)
  }

  /// True where the last call on the descriptor found a socket whose peer and mode a send leaves as
  /// they are. Only a hint: what the descriptor is now is asked in any case.
  private func isUnchangedBySending(_ snapshot: CallSnapshot) -> Bool {
    guard let arguments = snapshot.arguments, !arguments.flags.contains(.fastOpen),
      let hint = table[process: snapshot.pid]?.lastSocket, hint.fd == arguments.fd
    else { return false }
    return hint.isInternetDatagram
  }

  /// Asks for the socket of a call that has just been let go on.
  mutating func askSocketOfRunningCall() {
    guard let tid = socketToAsk, var call = table[thread: tid]?.call else { return }
    socketToAsk = nil
    table[thread: tid]?.call = nil
    askSocket(&call.snapshot)
    table[thread: tid]?.call = call
  }

  /// What a call is about, as the stopped thread's memory has it.
  private mutating func snapshot(
    _ stop: borrowing Stop, pid: Int32, abi: ABI, syscall: Syscall, site: CallSite
  ) -> CallSnapshot {
    sequence += 1
    var snapshot = reports.spare()
    snapshot.sequence = sequence
    snapshot.time = Clock.realtime()
    snapshot.monotonic = Clock.monotonic()
    snapshot.pid = pid
    snapshot.tid = stop.tid
    snapshot.comm = comm(of: stop.tid, now: snapshot.monotonic)
    snapshot.abi = abi
    snapshot.syscall = syscall
    capture.enter(&snapshot, arguments: site.arguments, memory: stop.memory)
    return snapshot
  }

  /// Our interrupt found the thread in a call that had sent some of its messages and waited to
  /// send more: it returns with these. That is our doing, and is recorded; a call that we did not
  /// cut short is not ours to guess at.
  mutating func recordCutCall(_ call: ReturningCall, _ stop: borrowing Stop) {
    let meaning = SystemCallTable.meaning(
      architecture: call.site.architecture, number: call.site.number,
      firstArgument: call.site.arguments.first)
    guard case .send(let abi, let syscall) = meaning, let pid = table[thread: stop.tid]?.pid,
      isRecorded(pid)
    else { return }
    var snapshot = snapshot(stop, pid: pid, abi: abi, syscall: syscall, site: call.site)
    askSocket(&snapshot)
    guard let asked = snapshot.arguments?.entryCount, call.result < asked else {
      sequence -= 1
      return
    }
    snapshot.cutShortBy = .attaching
    end(&snapshot, stop, returnValue: call.result)
    finished.append(PendingCall(snapshot: snapshot, site: call.site))
  }

  private mutating func callLeft(
    _ stop: borrowing Stop, returnValue: Int64, stackPointer: UInt64
  ) throws(TraceeError) {
    let tid = stop.tid
    guard var call = table[thread: tid]?.call else {
      signalReturned(tid, returnValue: returnValue, stackPointer: stackPointer)
      return
    }
    table[thread: tid]?.call = nil
    if Self.restartCodes.contains(returnValue) {
      table[thread: tid]?.interrupted.append(call)
      return
    }
    if fellShort(call.snapshot, returnValue), case let signals = PendingSignals.ofThread(tid),
      signals.ignoredOnes != 0, !signals.canInterrupt
    {
      if returnValue == Self.interrupted {
        // Untraced, the call would have gone on waiting: so it does.
        try stop.repeatCall()
        table[thread: tid]?.interrupted.append(call)
        return
      }
      call.snapshot.cutShortBy = .ignoredSignals(signals.ignoredOnes)
    }
    end(&call.snapshot, stop, returnValue: returnValue)
    if returnValue < 0, !isFiltered(tid) {
      call.snapshot.ownFilters = ProgramFilters.verdict(
        on: call.site, errno: -returnValue, tid: tid)
    }
    finished.append(call)
  }

  /// Adds what is known only at the end.
  private mutating func end(
    _ snapshot: inout CallSnapshot, _ stop: borrowing Stop, returnValue: Int64
  ) {
    snapshot.exit = .init(monotonic: Clock.monotonic(), returnValue: returnValue)
    capture.leave(&snapshot, memory: stop.memory)
    askLocalAddress(&snapshot)
  }

  /// True for a call that could wait and did not send all: a signal may have ended the waiting.
  private func fellShort(_ snapshot: CallSnapshot, _ returnValue: Int64) -> Bool {
    guard let arguments = snapshot.arguments, let socket = snapshot.socket,
      !socket.nonblocking, !arguments.flags.contains(.dontWait)
    else { return false }
    return returnValue == Self.interrupted
      || returnValue > 0 && returnValue < arguments.entryCount
  }

  /// ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK (include/linux/errno.h):
  /// for the kernel's own signal code; a program sees EINTR, or the call again.
  private static let restartCodes: Set<Int64> = [-512, -513, -514, -516]
  private static let interrupted: Int64 = -4

  /// A call other than ours was left. When it is the rt_sigreturn back into an interrupted call,
  /// its result is what the program sees of that call.
  private mutating func signalReturned(_ tid: Int32, returnValue: Int64, stackPointer: UInt64) {
    guard returnValue == Self.interrupted, var call = table[thread: tid]?.interrupted.last,
      call.site.stackPointer == stackPointer
    else { return }
    table[thread: tid]?.interrupted.removeLast()
    call.snapshot.exit = .init(monotonic: Clock.monotonic(), returnValue: returnValue)
    finished.append(call)
  }

  private mutating func leaveJumped(_ tid: Int32, stackPointer: UInt64) {
    while var call = table[thread: tid]?.interrupted.last, call.site.stackPointer <= stackPointer {
      table[thread: tid]?.interrupted.removeLast()
      call.snapshot.leftByJump = true
      finished.append(call)
    }
  }

  /// The thread will not return from its calls: it died, or another program took its place.
  mutating func abandonCalls(of thread: TracedThread) {
    finished += thread.interrupted
    if let call = thread.call { finished.append(call) }
  }

  /// Hands what has ended to the scribe, and stops recording when there is enough.
  mutating func reportFinished() {
    guard !finished.isEmpty else { return }
    endedCalls += UInt64(finished.count)
    pushFinished()
    if let limit = settings.maximumCalls, endedCalls >= limit, phase == .tracing { endRecording() }
  }

  /// Reports calls that are still on their way as unfinished: nobody will see their end.
  mutating func finishCalls() {
    for tid in table.tids {
      guard let thread = table[thread: tid] else { continue }
      abandonCalls(of: thread)
      table[thread: tid]?.call = nil
      table[thread: tid]?.interrupted = []
    }
    pushFinished()
  }

  private mutating func pushFinished() {
    // In the order of their ends; taken out first, so that none is referred to twice.
    finished.reverse()
    while let call = finished.popLast() { reports.push(.call(call.snapshot)) }
  }

  private func isFiltered(_ tid: Int32) -> Bool {
    table[thread: tid].flatMap { table[process: $0.pid] }?.stops == .seccomp
  }

  private mutating func askSocket(_ snapshot: inout CallSnapshot) {
    guard let arguments = snapshot.arguments, var process = table[process: snapshot.pid] else {
      return
    }
    switch sockets.ask(fd: arguments.fd, tid: snapshot.tid, process: &process) {
    case .socket(let socket):
      snapshot.socket = socket
      process.lastSocket = SocketHint(fd: arguments.fd, socket)
    case .noSocket: break
    case .unreachable: snapshot.ownDescriptorTable = true
    }
    table[process: snapshot.pid] = process
  }

  /// A send binds a socket that is not bound: where it was not, its address is asked for again.
  private mutating func askLocalAddress(_ snapshot: inout CallSnapshot) {
    guard var socket = snapshot.socket, socket.local.isUnbound, let arguments = snapshot.arguments,
      var process = table[process: snapshot.pid]
    else { return }
    sockets.askLocalAgain(&socket, fd: arguments.fd, tid: snapshot.tid, process: &process)
    snapshot.socket = socket
    table[process: snapshot.pid] = process
  }

  /// A thread's name, read again when it is a second old: prctl(PR_SET_NAME) changes it unseen.
  private mutating func comm(of tid: Int32, now: UInt64) -> String {
    guard var thread = table[thread: tid] else { return "" }
    if thread.commTime == 0 || now &- thread.commTime > 1_000_000_000 {
      thread.comm = ProcFile.comm(ofThread: tid) ?? thread.comm
      thread.commTime = now
      table[thread: tid]?.comm = thread.comm
      table[thread: tid]?.commTime = thread.commTime
    }
    return thread.comm
  }
}

extension SocketAddressBytes {
  /// True where a socket's own address says that it is not bound: port 0, or no AF_UNIX name.
  fileprivate var isUnbound: Bool {
    switch (count > 0 ? storage[0] : 0, count) {
    case (2, 4...), (10, 4...): storage[2] == 0 && storage[3] == 0
    case (1, ...2): true
    default: count == 0
    }
  }
}
