/// The traced processes of which nobody has looked yet what they have open, since they came.
struct Newcomers {
  /// By their numbers.
  private var processes: [UInt64: TracedProcess] = [:]

  mutating func add(_ process: TracedProcess) { processes[process.number] = process }
  mutating func remove(_ process: TracedProcess) { processes[process.number] = nil }

  /// Forgets those that had come before a time (CLOCK_MONOTONIC).
  mutating func removeAll(begunBefore time: UInt64) {
    processes = processes.filter { $0.value.begun >= time }
  }

  /// True where there are none but that one.
  func areNone(besides process: TracedProcess) -> Bool {
    processes.isEmpty || processes.count == 1 && processes[process.number] != nil
  }

  /// All but that one.
  func others(than process: TracedProcess) -> [TracedProcess] {
    processes.values.filter { $0 !== process }
  }
}
