import Decoding
import Records

// A recorded call from its entry to its end.
extension Tracer {
  /// A send of messages is entered, perhaps again after a signal.
  mutating func sendEntered(
    _ stop: borrowing Stop, _ thread: TracedThread, abi: ABI, syscall: Syscall, site: CallSite
  ) {
    if let last = thread.suspendedCalls.last, last.site == site, !last.isInHandler {
      thread.suspendedCalls.removeLast()
      last.snapshot.restarts += 1
      last.observation.restart(at: Clock.monotonic())
      // A handler may have made a process.
      if !evidence.meet(thread.process, in: &table, ringCount) { last.hadStrangers = true }
      thread.current = .recorded(last)
      return
    }
    guard isRecorded(thread.process) else { return }
    let call = newCall(stop, thread, abi: abi, syscall: syscall, site: site)
    charge(call, thread.process)
    call.endedBefore = table.endedCount
    call.hadStrangers = !evidence.meet(thread.process, in: &table, ringCount)
    call.begin = call.snapshot.monotonic
    call.others = thread.noteOthers(at: call.begin)
    thread.current = .recorded(call)
    if thread.isUnchangedBySending(call.snapshot.arguments) {
      // Asked while the kernel sends.
      threadsToAskAbout.append(thread)
    } else {
      askWho(&call.snapshot, thread)
      call.begin = Clock.monotonic()
    }
  }

  /// A new record, with what the call is about as the stopped thread's memory has it.
  private mutating func newCall(
    _ stop: borrowing Stop, _ thread: TracedThread, abi: ABI, syscall: Syscall, site: CallSite
  ) -> RecordedCall {
    sequence += 1
    let call = reports.spare()
    call.site = site
    call.snapshot.sequence = sequence
    call.snapshot.time = Clock.realtime()
    call.snapshot.monotonic = Clock.monotonic()
    call.observation.start = call.snapshot.monotonic
    call.snapshot.pid = thread.process.pid
    call.snapshot.tid = thread.tid
    call.snapshot.abi = abi
    call.snapshot.syscall = syscall
    capture.room = max(Self.holdBudget - heldBytes, 0)
    let isCompared = thread.process.isCompared(at: call.snapshot.monotonic)
    capture.enter(
      &call.snapshot, arguments: site.arguments, isCompared: isCompared, memory: stop.memory)
    call.storage = call.read { $0.byteCount }
    heldBytes += call.storage
    return call
  }

  /// Charges the process's budget for a call that is read as a whole.
  private func charge(_ call: RecordedCall, _ process: TracedProcess) {
    guard call.read({ $0.payloadHasContents }) else { return }
    process.comparison.spend(call.read { ($0.contents ?? $0.payload).bytes.count })
  }

  /// Our interrupt found the thread in a call that had sent some of its messages and waited to
  /// send more: it returns with these. That is our doing, and is recorded; a call that we did not
  /// cut short is not ours to guess at.
  mutating func recordCutCall(
    _ returning: ReturningCall, _ stop: borrowing Stop, _ thread: TracedThread
  ) {
    let site = returning.site
    let meaning = SystemCallTable.meaning(
      architecture: site.architecture, number: site.number, firstArgument: site.arguments.first)
    guard case .send(let abi, let syscall) = meaning, isRecorded(thread.process) else { return }
    let call = newCall(stop, thread, abi: abi, syscall: syscall, site: site)
    askWho(&call.snapshot, thread)
    guard call.snapshot.fellShort(returning.result) else {
      // It does not wait: it was coming to its end by itself, and its begin was not seen.
      sequence -= 1
      heldBytes -= call.storage
      return
    }
    charge(call, thread.process)
    call.snapshot.cutShortBy = .attaching
    end(call, stop, thread, returnValue: returning.result)
  }

  /// It is left: it has ended, or a signal has interrupted it.
  mutating func sendLeft(
    _ stop: borrowing Stop, _ thread: TracedThread, _ call: RecordedCall, returnValue: Int64
  ) throws(TraceeError) {
    if Self.restartCodes.contains(returnValue) {
      suspend(call, thread)
      return
    }
    let mayHaveWaited = call.read { $0.fellShort(returnValue) }
    let status = mayHaveWaited ? ThreadStatus(thread.tid) : nil
    var interference = mayHaveWaited ? interference(thread, stop, status, call.others) : nil
    if interference == nil, mayHaveWaited, returnValue == Self.eintr {
      interference = takenInterference(thread, status, since: call.begin)
    }
    if let interference {
      if returnValue == Self.eintr, sockets.mayWaitOn(call.snapshot, thread) {
        // Untraced, the call would have gone on waiting: so it does.
        try stop.repeatCall()
        thread.repeating = ReturningCall(site: call.site, result: returnValue)
        suspend(call, thread)
        return
      }
      call.snapshot.cutShortBy = interference
    }
    if returnValue < 0, thread.process.stops == .syscall {
      call.snapshot.ownFilters = ProgramFilters.verdict(
        on: call.site, errno: -returnValue, of: stop)
    }
    end(call, stop, thread, returnValue: returnValue, status)
  }

  /// Adds what is known only at the end. `status` is the thread's at this stop, where it was read.
  private mutating func end(
    _ call: RecordedCall, _ stop: borrowing Stop, _ thread: TracedThread, returnValue: Int64,
    _ status: ThreadStatus? = nil
  ) {
    call.snapshot.exit = .init(monotonic: Clock.monotonic(), returnValue: returnValue)
    capture.leave(&call.snapshot, memory: stop.memory)
    capture.readLeftover(&call.snapshot, memory: stop.memory)
    expectComparison(of: &call.snapshot, stop, thread)
    askForClosedSocket(&call.snapshot, thread)
    if settings.verifies { verify(call, stop) }
    let isExplained = call.read { $0.failedMessage != nil && !$0.socketIsUnknown }
    if !isExplained { askLocalAddress(&call.snapshot, thread) }
    let company = SocketCompany(
      begin: call.begin, others: call.others, hadStrangers: call.hadStrangers,
      ended: call.endedBefore.flatMap { table.ended(since: $0) },
      gone: table.endedEarlier(than: call.endedBefore ?? 0),
      ringCount: ringCount)
    call.question = evidence.collect(
      &call.snapshot, thread, stop, status, sockets: sockets, company, in: &table)
    // Who could ask the socket has asked it for its address, too.
    if isExplained, call.snapshot.evidence?.socket?.isFromOutside != false {
      askLocalAddress(&call.snapshot, thread)
    }
    call.snapshot.isBeside = heldCalls > UInt64(finished.count) + 1
    if settings.watchesRetries { call.read { expectRetry(of: $0) } }
    finished.append(call)
  }

  /// Reads again what the call passed, to see what was changed meanwhile.
  private mutating func verify(_ call: RecordedCall, _ stop: borrowing Stop) {
    capture.room = max(Self.holdBudget - heldBytes, 0)
    capture.readAgain(&call.snapshot, memory: stop.memory)
    let storage = call.read { $0.byteCount }
    heldBytes += storage - call.storage
    call.storage = storage
  }

  /// Bytes that calls may hold between their entry and their end, all together.
  private static let holdBudget = 128 << 20

  /// Hands what has ended to the scribe, and stops recording when there is enough.
  mutating func reportFinished() {
    pushFinished()
    if let limit = settings.maximumCalls, endedCalls >= limit, phase == .tracing { endRecording() }
  }

  /// Reports calls that are still on their way as unfinished: nobody will see their end.
  mutating func finishCalls() {
    for thread in table.threads.values { finished += thread.takeCalls() }
    pushFinished()
  }

  /// Hands what has ended to the scribe: before the end of the process that it was made by is told.
  mutating func pushFinished() {
    guard !finished.isEmpty else { return }
    observeFinished()
    endedCalls += UInt64(finished.count)
    for call in finished {
      heldBytes -= call.storage
      reports.push(.call(call))
    }
    finished.removeAll(keepingCapacity: true)
  }
}
