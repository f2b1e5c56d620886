package import Records

/// Whether saved traces, read one behind the other, hold all that happened in them.
package struct TraceWholeness: Sendable {
  /// What is missing.
  package enum Gap: String, Sendable {
    case beginning = "the beginning of a trace is missing"
    case end = "a trace has no trace_end"
    case mixed = "files of different runs are read as those of one"
    case lost = "a trace lost records as it was written"
    case filtered = "a trace is filtered"
    /// Files of a rotated trace, or lines of one.
    case calls = "a trace does not hold all of its calls"
    /// What they did then was not seen.
    case letGo = "processes that outlived the command were let go"

    /// What to say of it to a reader, who sees for himself what was filtered or lost, and whether
    /// there is an end; nil for nothing.
    package var warning: String? {
      switch self {
      case .beginning, .mixed: rawValue
      case .calls: "\(rawValue): a file may be missing, or the order be another"
      case .end, .lost, .filtered, .letGo: nil
      }
    }
  }

  /// In the order in which it is said, each once.
  package private(set) var gaps: [Gap] = []
  private var isInTrace = false
  private var hasBegun = false
  /// The trace that we are in, as its first file says it.
  private var run: Run?
  /// Calls of the trace that we are in.
  private var calls: UInt64 = 0
  private var launched = LaunchedProcesses()

  package init() {}

  package mutating func add(_ event: TraceEvent) {
    switch event {
    case .start(let start): begin(start)
    case .call:
      calls &+= 1
      if !hasBegun { note(.beginning) }
    case .followUp: if !hasBegun { note(.beginning) }
    case .process(let event):
      if !hasBegun { note(.beginning) }
      if launched.add(event) { note(.letGo) }
    case .end(let end):
      judge(end)
      isInTrace = false
    }
    hasBegun = true
  }

  /// No more records come.
  package mutating func finish() { leave() }

  /// Why not all was there; nil where it was. No more records come.
  package consuming func gap() -> String? {
    finish()
    return gaps.isEmpty ? nil : gaps.map(\.rawValue).joined(separator: ", ")
  }

  private mutating func begin(_ start: TraceStart) {
    let run = Run(start)
    if start.previous == nil {
      leave()
      calls = 0
      launched = LaunchedProcesses()
    } else if !isInTrace {
      note(.beginning)
      // A file of another run has been read to its end: its calls are not of this one.
      if run != self.run { calls = 0 }
    } else if run != self.run {
      note(.mixed)
      calls = 0
    }
    self.run = run
    isInTrace = true
  }

  private mutating func leave() {
    if isInTrace { note(.end) }
  }

  private mutating func judge(_ end: TraceEnd) {
    if end.lost > 0 { note(.lost) }
    if end.leftOut > 0 { note(.filtered) }
    if end.lost == 0, end.leftOut == 0, calls != end.calls { note(.calls) }
  }

  private mutating func note(_ gap: Gap) {
    if !gaps.contains(gap) { gaps.append(gap) }
  }
}

/// The command of a trace and the processes that came out of it, while they live.
private struct LaunchedProcesses: Sendable {
  private var command: Int32?
  private var hasEnded = false
  private var alive: Set<Int32> = []

  /// True where one of them is let go behind the end of the command: until then that it is left,
  /// or recorded for a time only, is what was asked for.
  mutating func add(_ event: ProcessEvent) -> Bool {
    switch event.kind {
    case .started:
      command = event.pid
      alive.insert(event.pid)
    case .forked: if event.parent.map(alive.contains) == true { alive.insert(event.pid) }
    case .exited, .killed:
      alive.remove(event.pid)
      if event.pid == command { hasEnded = true }
    case .detached: return alive.remove(event.pid) != nil && hasEnded
    case .attached, .exec, .refused: break
    }
    return false
  }
}

/// What each file of a trace says of the run that it is of.
private struct Run: Equatable, Sendable {
  /// When it began, in nanoseconds: no two began at once.
  var time: UInt64
  var command: [String]?
  var pids: [Int32]

  init(_ start: TraceStart) {
    time = start.time
    command = start.command
    pids = start.pids
  }
}
