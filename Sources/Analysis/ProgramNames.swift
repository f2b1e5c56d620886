import Records

/// The names of the processes that are there: which thread of a pool makes a call is chance, and
/// threads have names of their own.
struct ProgramNames {
  private var names: [Int32: String] = [:]

  /// The name of a process; nil where it was not told.
  subscript(pid: Int32) -> String? { names[pid] }

  /// The name of the process that makes a call: its first thread has it, and may change it
  /// (prctl(2), PR_SET_NAME).
  mutating func name(of call: borrowing SendCall) -> String {
    if call.tid == call.pid, names[call.pid] != call.comm,
      names[call.pid] != nil || names.count < Self.maximumUntold
    {
      names[call.pid] = call.comm
    }
    return names[call.pid] ?? call.comm
  }

  /// Processes that are known only by their calls: a trace may hold any number of these.
  private static let maximumUntold = 1 << 14

  /// A process came, changed or went; gives out its name.
  @discardableResult
  mutating func add(_ event: ProcessEvent) -> String? {
    switch event.kind {
    case .started, .attached, .exec: if let comm = event.comm { names[event.pid] = comm }
    case .forked: if let parent = event.parent { names[event.pid] = names[parent] }
    case .exited, .killed: return names.removeValue(forKey: event.pid)
    case .detached, .refused: break
    }
    return names[event.pid]
  }

  mutating func removeAll() { names = [:] }
}
