import Records

extension Note {
  /// The notes that the capture of a call gives rise to, then those on its messages.
  static func notes(
    on snapshot: borrowing CallSnapshot, _ oddities: MessageOddities
  ) -> [Note] {
    var notes: [Note] = []
    if snapshot.ownDescriptorTable {
      notes.append(
        Note(
          code: .ownDescriptorTable, message: nil,
          text: "the thread has a descriptor table of its own that could not be reached, "
            + "so its socket is not known"))
    }
    if snapshot.socketIsUnknown {
      notes.append(
        Note(
          code: .socketUnknown, message: nil,
          text: "the descriptor is a socket, but pidfd_getfd is refused, or mmsgtrace can open no "
            + "more files (RLIMIT_NOFILE), and /proc does not list it")
      )
    }
    if let obstacle = snapshot.obstacle {
      notes.append(
        Note(code: .unreadableProcess, message: nil, text: obstacle.sentence))
    }
    if snapshot.restarts > 0 {
      let times = snapshot.restarts == 1 ? "once" : "\(snapshot.restarts) times"
      notes.append(
        Note(
          code: .restarted, message: nil,
          text: "interrupted and taken up again \(times)"))
    }
    if snapshot.leftByJump {
      notes.append(
        Note(
          code: .leftByJump, message: nil,
          text: "a signal handler jumped out of the call, which never returned"))
    }
    if let interference = snapshot.cutShortBy {
      notes.append(
        Note(code: .interruptedBecauseTraced, message: nil, text: interference.sentence))
    }
    if snapshot.ownFilters == .unreadable {
      notes.append(
        Note(
          code: .ownFilterUnread, message: nil,
          text: "the program has seccomp filters of its own that may not be read: one of them, "
            + "and no message, may be why the call failed"))
    }
    // What could not be read at all was not cut by a budget.
    return notes
      + oddities.notes.filter { snapshot.obstacle == nil || $0.code != .captureBudget }
  }
}

extension CallSnapshot {
  /// What kept us from reading the process.
  fileprivate var obstacle: MemoryImage.Obstacle? {
    vector.obstacle ?? headers.obstacle ?? payload.obstacle
  }
}

extension MemoryImage.Obstacle {
  fileprivate var sentence: String {
    switch self {
    case .refused:
      "the kernel does not let our user read the process (it is not dumpable): "
        + "nothing is known of the messages"
    case .gone: "the process was killed while the call was looked at"
    }
  }
}

extension CallSnapshot.Interference {
  fileprivate var sentence: String {
    switch self {
    case .attaching:
      return "the call was waiting when mmsgtrace attached, which cut it short; "
        + "its begin was not seen"
    case .detaching:
      return "mmsgtrace interrupted the thread to let go of it, which cuts a call short that "
        + "waits to send more"
    case .ignoredSignals(let mask, let mayBeBlocked):
      let names = (0..<64).filter { mask >> $0 & 1 == 1 }
        .map { Signal(rawValue: Int32($0) + 1).name }
      return "\(names.joined(separator: ", ")), which the program ignores, came while the call ran "
        + "and ends its waiting"
        + (mayBeBlocked
          ? "; untraced too where a thread blocks it, as in system(3)" : ": untraced it does not")
    }
  }
}
