package import Decoding

/// A call on its way from its entry to the outputs, with storage that is used again for others.
///
/// It belongs to one thread at a time: the tracer fills it, the queue hands it over, the scribe
/// reads it and gives it back.
package final class RecordedCall: @unchecked Sendable {
  package var snapshot = CallSnapshot()
  /// Where it was made; the tracer's own.
  var site = CallSite()

  /// The bytes that its images last held, and have room for.
  var storage = 0

  package init() {}
}
