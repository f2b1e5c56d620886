package import Records

/// The errors that sockets have returned lately: what a retry has just been told is rather what the
/// next short call met than another error for which no more speaks.
package struct ReturnedErrors: Sendable {
  /// By the inode of the socket.
  private var known: [UInt64: (errno: Errno, time: UInt64)] = [:]
  private static let maximumKnown = 1024
  /// Nanoseconds for which it tells something.
  private static let maximumAge: UInt64 = 1_000_000_000

  package init() {}

  /// Remembers what a call returned, or puts that first among the errors that are no more than
  /// possible.
  package mutating func rank(_ verdict: inout Verdict, of call: SendCall) {
    guard let inode = call.socket?.inode, verdict.cause == .error else { return }
    if verdict.source == .returnValue, let errno = verdict.errno {
      if known.count >= Self.maximumKnown { known.removeAll(keepingCapacity: true) }
      known[inode] = (errno, call.monotonic)
      return
    }
    guard verdict.certainty == .possible, let first = verdict.errno, let why = verdict.why,
      let last = known[inode], last.errno != first,
      call.monotonic &- last.time < Self.maximumAge,
      let index = verdict.candidates.firstIndex(where: { $0.errno == last.errno })
    else { return }
    let found = verdict.candidates.remove(at: index)
    verdict.candidates.insert(
      Verdict.Candidate(errno: first, certainty: .possible, why: why), at: 0)
    verdict.errno = found.errno
    verdict.why = found.why + "; a call on the socket has just returned it"
  }
}
