import Glibc
import Records

// The signals that are sent to us, and those that the tracees get.
extension Tracer {
  /// A signal was sent to us; it is the command's, where there is one.
  mutating func signalArrived(_ sent: SignalRelay.Sent) {
    // Twice is not too often: files that have not been moved stay as they are.
    if settings.reopensOutputs, sent.signal == .user2 { return reports.push(.reopen) }
    let now = Clock.monotonic()
    guard !relay.noteArrival(of: sent, now: now) || sent.sender == nil else { return }
    if sent.signal.isStop { return stopRequested(sent) }
    if sent.signal.isMessage {
      if commandPid != nil, outcome.exit == nil, !commandHas(sent) { relay.keep(sent, now: now) }
      return
    }
    guard commandPid != nil else {
      guard phase != .leaving else {
        // Nothing is to be awaited any more: whoever insists is not kept.
        if deadline == nil { table.disturbNoMore() }
        return
      }
      outcome.leftBy = outcome.leftBy ?? sent.signal
      phase = .leaving
      return endRecording()
    }
    if outcome.exit == nil, commandHas(sent) { return }
    requestsToEnd += 1
    if requestsToEnd == 1, outcome.exit == nil {
      relay.keep(sent, now: now)
    } else if table.canBeLetGo {
      outcome.leftBy = sent.signal
      detachAll()
    } else {
      // It cannot be obeyed; the command may know what a second one means.
      if outcome.exit == nil { relay.keep(sent, now: now) }
      explainStaying()
    }
  }

  /// Says once why nothing is let go, and from then on whom we wait for, where that has changed.
  private mutating func explainStaying() {
    // This is that word.
    wordOnSurvivorsDue = .max
    let who = survivors
    guard who != reasonToStay else { return }
    if reasonToStay.isEmpty {
      warn(
        "cannot let go of \(who): without the tracer their seccomp filter makes each sendmmsg fail"
          + " with ENOSYS: waiting for their end (SIGKILL to mmsgtrace ends them)")
    } else {
      warn("still waiting for the end of \(who)")
    }
    reasonToStay = who
  }

  /// True where the command has a signal that we have: from a terminal, whose keys go to the whole
  /// group, or from itself. Only the end of a terminal is told to the session's leader alone.
  private func commandHas(_ sent: SignalRelay.Sent) -> Bool {
    guard let sender = sent.sender else {
      return sent.signal != .hangup || getsid(0) != getpid()
    }
    return table[process: sender] != nil
  }

  private mutating func stopRequested(_ sent: SignalRelay.Sent) {
    guard commandPid != nil, outcome.exit == nil else {
      return warn("\(sent.signal.name): not stopping, as the traced processes would stop with it")
    }
    jobControl.isWanted = true
    if !commandHas(sent) { relay.keep(sent, now: Clock.monotonic()) }
  }

  /// A signal is about to be delivered to a traced thread.
  mutating func signalDelivered(
    _ stop: borrowing Stop, _ thread: TracedThread, _ signal: Signal
  ) throws(TraceeError) {
    if let call = thread.suspendedCalls.last {
      call.enterHandler(ofCaught: PendingSignals.ofThread(stop.tid).isCaught(signal))
    }
    if signal.stops { thread.process.isStopping = true }
    thread.process.getsSignals = true
    noteTaken(signal, stop, thread)
    try signalFoundCall(stop, thread, signal)
    guard thread.process.pid == commandPid else { return }
    let sent = SignalRelay.Sent(signal: signal, sender: try stop.signalSender())
    relay.noteDelivery(of: sent, now: Clock.monotonic())
    stopSignalDelivered(sent)
  }
}

extension Signal {
  /// True for a signal that stops a process, unless it has a handler.
  var stops: Bool { isStop || rawValue == SIGSTOP }

  /// SIGTSTP, SIGTTIN, SIGTTOU.
  var isStop: Bool { (SIGTSTP...SIGTTOU).contains(rawValue) }

  /// SIGUSR1, SIGUSR2, SIGALRM: nothing to us here, and for the command to understand.
  var isMessage: Bool { [SIGUSR1, SIGUSR2, SIGALRM].contains(rawValue) }
}
