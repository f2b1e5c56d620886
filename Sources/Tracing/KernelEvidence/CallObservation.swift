/// What the kernel's tracepoint noted of a call that is on its way.
struct CallObservation {
  /// CLOCK_MONOTONIC of the entry, the last one where there were several: what came before is not
  /// the call's (a signal handler's, for example).
  var start: UInt64 = 0
  private var events: [SendLengthEvent] = []
  /// True where the thread may have sent something meanwhile that is not the call's.
  private var isDoubtful = false

  /// More than a call can have.
  private static let maximumEvents = 1026

  /// Notes an event of the call's thread that came while it was in the call.
  mutating func add(_ event: SendLengthEvent) {
    if event.result == nil { isDoubtful = true }
    if events.count < Self.maximumEvents { events.append(event) }
  }

  /// The call is entered again.
  mutating func restart(at time: UInt64) {
    start = time
    events.removeAll(keepingCapacity: true)
    isDoubtful = false
  }

  /// The results in order of time; nil where some from before `lostUntil` are missing, where the
  /// thread worked for io_uring, and where they are not all of one socket: a send that the kernel
  /// made on its own account, for a socket upon a socket, is among them.
  func results(lostUntil: UInt64) -> [Int32]? {
    guard start >= lostUntil, !isDoubtful, events.allSatisfy({ $0.socket == events.first?.socket })
    else {
      return nil
    }
    // A thread that moved to another processor left events in several buffers.
    return events.sorted { $0.time < $1.time }.compactMap(\.result)
  }
}
