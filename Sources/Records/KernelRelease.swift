/// `6.18.44`, as far as it is a number.
package struct KernelRelease: Hashable, Sendable, Comparable, CustomStringConvertible {
  package var major: Int
  package var minor: Int
  package var patch: Int

  package init(_ major: Int, _ minor: Int, _ patch: Int = 0) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// Reads uname(2)'s release; nil where it does not begin with two numbers.
  package init?(_ text: String) {
    var numbers: [Int] = []
    for part in text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false) {
      guard let number = Int(part.prefix { $0.isASCII && $0.isNumber }) else { break }
      numbers.append(number)
    }
    guard numbers.count >= 2 else { return nil }
    self.init(numbers[0], numbers[1], numbers.count > 2 ? numbers[2] : 0)
  }

  /// `6.18`, or `6.18.44`.
  package var description: String { "\(major).\(minor)" + (patch > 0 ? ".\(patch)" : "") }

  package static func < (left: Self, right: Self) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }
}
