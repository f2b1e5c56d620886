package import Records

/// Adds up a trace: all of it, and by program, destination and socket.
package struct TraceSummary: Sendable {
  /// A socket, and the descriptor it was last used by.
  package struct Socket: Sendable {
    package var fd: Int32
    package var socket: SocketDescription
  }

  package private(set) var totals = TraceTotals()
  package private(set) var batches = BatchSizes()
  package private(set) var durations = CallDurations()
  package private(set) var programs = SummaryTable<String, String>()
  /// By the address that a message names, else by the socket's peer.
  package private(set) var destinations = SummaryTable<SocketAddress, SocketAddress>()
  package private(set) var sockets = SummaryTable<UInt64, Socket>()
  /// Records that were left out of it.
  package private(set) var leftOut: UInt64 = 0
  /// What was lost in each trace, for the first of those in which calls fell short.
  package private(set) var losses: [Losses] = []
  private static let mostLosses = 64
  private var errnos: [Errno: UInt64] = [:]
  private var names = ProgramNames()
  /// CLOCK_REALTIME of the first and the last record with a time.
  package private(set) var span: ClosedRange<UInt64>?

  package init() {}

  package mutating func add(_ event: borrowing TraceEvent) {
    switch event {
    case .start(let start): extend(to: start.time)
    case .call(let call, let verdict): add(call, verdict)
    case .process(let event):
      names.add(event)
      extend(to: event.time)
    case .followUp: break
    case .end(let end):
      extend(to: end.time)
      leftOut &+= end.leftOut
      if !end.losses.isEmpty, losses.count < Self.mostLosses { losses.append(end.losses) }
    }
  }

  /// The calls by the errno they returned or threw away, the most frequent first.
  package var errnoCounts: [(errno: Errno, calls: UInt64)] {
    errnos.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
      .map { ($0.key, $0.value) }
  }

  private mutating func extend(to time: UInt64) {
    span = span.map { min($0.lowerBound, time)...max($0.upperBound, time) } ?? time...time
  }

  private mutating func add(_ call: borrowing SendCall, _ verdict: borrowing Verdict) {
    totals.add(verdict)
    extend(to: call.time)
    batches.add(verdict.asked)
    if let duration = call.duration { durations.add(duration) }
    // An attacker's errnos are the kernel's: at most 4,095.
    if let errno = verdict.errno { errnos[errno, default: 0] += 1 }
    let share = CallShare(call, verdict, number: totals.calls)
    let program = names.name(of: call)
    programs.count(program, program) { share.add(to: &$0) }
    if let socket = call.socket, let fd = call.arguments?.fd {
      sockets.count(socket.inode, Socket(fd: fd, socket: socket)) { share.add(to: &$0) }
    }
    addDestinations(of: call, verdict, share)
  }

  /// Neighbours to the same destination are counted at once.
  private mutating func addDestinations(
    of call: borrowing SendCall, _ verdict: borrowing Verdict, _ share: CallShare
  ) {
    var run = share.empty
    var destination: SocketAddress?
    for message in call.messages {
      guard let target = message.destination(on: call.socket) else { continue }
      if target != destination {
        count(run, to: destination)
        run = share.empty
        destination = target
      }
      run.messages += 1
      switch verdict.state(ofMessage: message.index) {
      case .sent, .short, .uncounted:
        run.sent += 1
        run.bytes &+= UInt64(message.sentLength ?? 0)
      case .failed, .notAttempted, .unknown: break
      }
    }
    count(run, to: destination)
  }

  private mutating func count(_ share: CallShare, to destination: SocketAddress?) {
    guard let destination, share.messages > 0 else { return }
    destinations.count(destination, destination) { share.add(to: &$0) }
  }
}

/// What one call adds to a row.
private struct CallShare {
  var number: UInt64
  var isShort: Bool
  var duration: UInt64?
  var messages: UInt64
  var sent: UInt64
  var bytes: UInt64

  init(_ call: borrowing SendCall, _ verdict: borrowing Verdict, number: UInt64) {
    self.number = number
    isShort = verdict.outcome != .complete && verdict.outcome != .empty
    duration = call.duration
    messages = UInt64(verdict.asked)
    sent = UInt64(verdict.sent)
    bytes = verdict.bytesSent
  }

  /// The call without its messages.
  var empty: CallShare {
    var share = self
    (share.messages, share.sent, share.bytes) = (0, 0, 0)
    return share
  }

  func add(to counts: inout SummaryCounts) {
    counts.add(
      call: number, isShort: isShort, duration: duration, messages: messages, sent: sent,
      bytes: bytes)
  }
}
