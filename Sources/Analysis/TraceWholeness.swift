package import Records

/// Whether saved traces, read one behind the other, hold all that happened in them.
package struct TraceWholeness: Sendable {
  /// What is missing, in the order in which it is said.
  private var missing: [String] = []
  private var isInTrace = false
  private var hasBegun = false
  /// Calls of the trace that we are in.
  private var calls: UInt64 = 0

  package init() {}

  package mutating func add(_ event: TraceEvent) {
    switch event {
    case .start(let start):
      if start.previous != nil {
        if !isInTrace { say("the beginning of a trace is missing") }
      } else {
        leave()
        calls = 0
      }
      isInTrace = true
    case .call:
      calls &+= 1
      if !hasBegun { say("the beginning of a trace is missing") }
    case .followUp, .process: if !hasBegun { say("the beginning of a trace is missing") }
    case .end(let end):
      judge(end)
      isInTrace = false
    }
    hasBegun = true
  }

  /// Why not all was there; nil where it was. No more records come.
  package consuming func gap() -> String? {
    leave()
    return missing.isEmpty ? nil : missing.joined(separator: ", ")
  }

  private mutating func leave() {
    if isInTrace { say("a trace has no trace_end") }
  }

  private mutating func judge(_ end: TraceEnd) {
    if end.lost > 0 { say("a trace lost records as it was written") }
    if end.leftOut > 0 { say("a trace is filtered") }
    // Files of a rotated trace may be missing, or out of order.
    if end.lost == 0, end.leftOut == 0, calls != end.calls {
      say("a trace does not hold all of its calls")
    }
  }

  private mutating func say(_ what: String) {
    if !missing.contains(what) { missing.append(what) }
  }
}
