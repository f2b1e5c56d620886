package import Records

/// One condition on a record: a key, and what its value may be.
package struct FilterTerm: Sendable {
  /// What a term can be about, in the order in which they are listed.
  package enum Key: String, CaseIterable, Sendable {
    case to, port, call, fd, pid, tid, comm, outcome, cause, errno, control, bytes, messages,
      duration
  }

  enum Test: Sendable {
    /// Some message goes there.
    case to([DestinationPattern])
    case port(NumberTest)
    case call(NumberTest)
    case fd(NumberTest)
    case pid(NumberTest)
    case tid(NumberTest)
    case comm([WildcardPattern])
    case outcome(Set<Verdict.Outcome>)
    case cause(Set<Verdict.Cause>)
    case errno(Set<Errno>)
    /// Some message carries one of these types of control message.
    case control(Set<String>)
    /// Some message has so many.
    case bytes(NumberTest)
    case messages(NumberTest)
    /// Nanoseconds.
    case duration(NumberTest)
  }

  var test: Test
  /// True for `!=`.
  var isNegated = false

  func holds(for call: SendCall, _ verdict: Verdict) -> Bool {
    matches(call, verdict) != isNegated
  }

  /// Terms that are not about who made a call hold for everything that is no call.
  func holds(for event: ProcessEvent) -> Bool {
    switch test {
    case .pid(let test): test.holds(for: Int64(event.pid)) != isNegated
    case .tid(let test): test.holds(for: Int64(event.tid)) != isNegated
    default: true
    }
  }

  private func matches(_ call: SendCall, _ verdict: Verdict) -> Bool {
    switch test {
    case .to(let patterns):
      call.goes { address in patterns.contains { $0.matches(address) } }
    case .port(let test): call.goes { $0.portNumber.map { test.holds(for: Int64($0)) } ?? false }
    case .call(let test): test.holds(for: Int64(clamping: call.sequence))
    case .fd(let test): call.arguments.map { test.holds(for: Int64($0.fd)) } ?? false
    case .pid(let test): test.holds(for: Int64(call.pid))
    case .tid(let test): test.holds(for: Int64(call.tid))
    case .comm(let patterns): patterns.contains { $0.matches(Array(call.comm.utf8)) }
    case .outcome(let outcomes): outcomes.contains(verdict.outcome)
    case .cause(let causes): verdict.cause.map(causes.contains) ?? false
    case .errno(let errnos): verdict.errno.map(errnos.contains) ?? false
    case .control(let names):
      call.messages.contains { $0.control?.contains { names.contains($0.typeName) } ?? false }
    case .bytes(let test):
      call.messages.contains { $0.bytes.map { test.holds(for: Int64(clamping: $0)) } ?? false }
    case .messages(let test): test.holds(for: Int64(verdict.asked))
    case .duration(let test):
      call.duration.map { test.holds(for: Int64(clamping: $0)) } ?? false
    }
  }
}

/// A condition on a number.
enum NumberTest: Sendable {
  case anyOf(Set<Int64>)
  case below(Int64)
  case above(Int64)
  case atMost(Int64)
  case atLeast(Int64)

  func holds(for number: Int64) -> Bool {
    switch self {
    case .anyOf(let numbers): numbers.contains(number)
    case .below(let limit): number < limit
    case .above(let limit): number > limit
    case .atMost(let limit): number <= limit
    case .atLeast(let limit): number >= limit
    }
  }
}

extension SendCall {
  /// Where message `index` goes; nil where that is not known.
  package func destination(ofMessage index: Int) -> SocketAddress? {
    messages[index].destination(on: socket)
  }

  /// True where `condition` holds for the destination of some message. A call of none, and a
  /// message that could not be read, go nowhere that is known, whatever the socket is connected to.
  fileprivate func goes(_ condition: (SocketAddress) -> Bool) -> Bool {
    messages.indices.contains { destination(ofMessage: $0).map(condition) ?? false }
  }
}
