import Records

/// The names of the processes that are there: which thread of a pool makes a call is chance, and
/// threads have names of their own.
struct ProgramNames {
  private var names: [Int32: String] = [:]

  /// The name of a process; nil where it was not told.
  subscript(pid: Int32) -> String? { names[pid] }

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
