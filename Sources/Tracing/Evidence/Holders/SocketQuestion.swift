/// Whether others than the thread of a call had its socket, too, and may have changed it while the
/// call was on its way: asked when it ends, and answered by a look that begins after that.
///
/// What others do is looked at by a thread of its own, so that no traced program waits for it.
package struct SocketQuestion: Sendable {
  let watch: SocketWatch
  let inode: UInt64
  /// The process of the thread, and its `TracedProcess.number`.
  let pid: Int32
  let number: UInt64
  /// The first entry of the call and its exit (CLOCK_MONOTONIC).
  let begin: UInt64
  let end: UInt64
  /// Whether the process had an io_uring, whose kernel threads work for it; nil where it has too
  /// many descriptors for that to be looked at at once.
  let hasRing: Bool?
  /// How many rings traced programs had made by then.
  let ringCount: UInt64
  /// Traced processes that were alive then, and have not been looked at yet: too many at once.
  let unknown: [Int32]
  /// Traced processes that had ended before the call, whenever that was found.
  let gone: [Int32]
}

/// What the tracer knows of those who may have a socket.
struct SocketCompany {
  /// When its thread was let go into the call (CLOCK_MONOTONIC); 0 where that was not seen.
  var begin: UInt64
  /// The other threads of the process when the call began.
  var others: RecordedCall.Others
  /// Someone may have had its socket of whom nobody knew what he has.
  var hadStrangers: Bool
  /// The processes that have ended during the call; nil where these are not remembered.
  var ended: ArraySlice<TracedProcess>?
  /// The last of those that had ended before.
  var gone: ArraySlice<TracedProcess>
  /// How many io_urings the traced programs have made.
  var ringCount: UInt64
}
