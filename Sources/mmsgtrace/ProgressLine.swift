import Glibc
import Tracing

/// How far long work has come, on one line of a terminal that is written over and over.
struct ProgressLine {
  private let isShown: Bool
  /// Bytes there are; nil where that is not known.
  private let total: UInt64?
  private let start = Clock.monotonic()
  private var bytes: UInt64 = 0
  private var records: UInt64 = 0
  private var nextUpdate: UInt64
  private var isVisible = false

  /// Nanoseconds of work that nobody needs to be told of, and between two updates.
  private static let patience: UInt64 = 1_000_000_000
  private static let period: UInt64 = 200_000_000

  /// Nothing is shown where `isShown` is false, or stderr is no terminal.
  init(isShown: Bool, total: UInt64?) {
    self.isShown = isShown && isatty(STDERR_FILENO) == 1
    self.total = total
    nextUpdate = start &+ Self.patience
  }

  /// Counts what was read, and shows it when it is time.
  mutating func add(bytes: UInt64, records: UInt64) {
    self.bytes &+= bytes
    self.records &+= records
    guard isShown else { return }
    let now = Clock.monotonic()
    guard now >= nextUpdate else { return }
    nextUpdate = now &+ Self.period
    write(
      "\r" + Self.text(self.bytes, total: total, self.records, elapsed: now &- start) + "\u{1b}[K")
    isVisible = true
  }

  /// Takes the line away, before something else is written.
  mutating func clear() {
    guard isVisible else { return }
    write("\r\u{1b}[K")
    isVisible = false
  }

  /// `1.2 of 4.5 GB, 1200000 records, 34 s left`
  private static func text(
    _ bytes: UInt64, total: UInt64?, _ records: UInt64, elapsed: UInt64
  ) -> String {
    guard let total, total >= bytes, bytes > 0 else {
      return "\(gigabytes(bytes)) GB, \(records) records"
    }
    let left = Double(elapsed) * Double(total - bytes) / Double(bytes) / 1e9
    return "\(gigabytes(bytes)) of \(gigabytes(total)) GB, \(records) records,"
      + " \(UInt64(left.rounded(.up))) s left"
  }

  private static func gigabytes(_ bytes: UInt64) -> String {
    let hundredths = bytes / 10_000_000
    let fraction = String(hundredths % 100)
    return "\(hundredths / 100).\(fraction.count == 1 ? "0" : "")\(fraction)"
  }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    // What a terminal does not take is no loss.
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
