/// Why an output was given up, and what was said of it.
struct OutputFailure {
  var errno: Int32
  /// True where the file is not there at all, or as it was before.
  var isOfWhole = false
  private var toldLosses: UInt64 = 0

  /// Nanoseconds until it is told while the trace goes on.
  static let patience: UInt64 = 1_000_000_000

  init(errno: Int32, isOfWhole: Bool = false) {
    self.errno = errno
    self.isOfWhole = isOfWhole
  }

  /// Tells how much is lost, where that was not told yet.
  mutating func tell(_ name: String, lost: UInt64) {
    guard lost > toldLosses else { return }
    toldLosses = isOfWhole ? .max : lost
    let records =
      isOfWhole
      ? "nothing is written there" : lost == 1 ? "1 record is lost" : "\(lost) records are lost"
    Diagnostics.say("\(name): \(Diagnostics.text(ofErrno: errno)): \(records)")
  }
}
