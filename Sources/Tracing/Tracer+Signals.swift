import Glibc
import Records

// The signals that are sent to us, and those that the tracees get.
extension Tracer {
  /// A signal was sent to us; it is the command's, where there is one.
  mutating func signalArrived(_ sent: SignalRelay.Sent) {
    let now = Clock.monotonic()
    guard !relay.isEcho(sent, now: now) || sent.sender == nil else { return }
    if sent.signal.isStop { return stopRequested(sent) }
    if sent.signal.isMessage {
      if commandPid != nil, outcome.exit == nil, !commandHas(sent) { relay.keep(sent, now: now) }
      return
    }
    guard commandPid != nil else {
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
      warn(
        "cannot let go of \(table.processes.count) processes: without the tracer their seccomp"
          + " filter makes each sendmmsg fail with ENOSYS: waiting for their end (SIGKILL to"
          + " mmsgtrace ends them)")
    }
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
    if let call = thread.interrupted.last {
      call.enterHandler(ofCaught: PendingSignals.ofThread(stop.tid).isCaught(signal))
    }
    guard thread.process.pid == commandPid else { return }
    let sent = SignalRelay.Sent(signal: signal, sender: try stop.signalSender())
    relay.isDelivered(sent, now: Clock.monotonic())
    // Stopped by someone else, it is continued by someone else, who does not know of us.
    if signal == .stop, let sender = sent.sender, table[process: sender] == nil {
      jobControl.isWanted = false
    }
  }
}

extension Signal {
  /// SIGTSTP, SIGTTIN, SIGTTOU.
  var isStop: Bool { (SIGTSTP...SIGTTOU).contains(rawValue) }

  /// SIGUSR1, SIGUSR2, SIGALRM: nothing to us, and for the command to understand.
  var isMessage: Bool { [SIGUSR1, SIGUSR2, SIGALRM].contains(rawValue) }
}
