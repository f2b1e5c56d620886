import ArgumentParser
import Glibc
import Output

// The values that options take: each knows which texts it is made of.

/// A value that says what would be one where a text is none.
protocol ExplainedValue: ExpressibleByArgument {
  static func requirement(unmetBy text: String) -> String
}

extension ExplainedValue {
  /// For options: their own message names the text, and this is what is put behind it.
  static func parse(_ text: String) throws -> Self {
    guard let value = Self(argument: text) else {
      throw UnmetRequirement(description: requirement(unmetBy: text))
    }
    return value
  }
}

private struct UnmetRequirement: Error, CustomStringConvertible {
  var description: String
}

/// When a filter makes the stops.
enum SeccompUse: String, ExpressibleByArgument, CaseIterable {
  case auto
  case on
  case off
}

/// When to use colour.
enum ColorUse: String, ExpressibleByArgument, CaseIterable {
  case auto
  case always
  case never
}

/// The formats an output can have.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
  case pcapng
  case summary

  /// True where it is for programs to read, and not made of lines.
  var isBinary: Bool { self == .pcapng }

  /// The format that a file's ending tells; nil where it tells none.
  init?(ending path: String) {
    switch path.split(separator: ".", omittingEmptySubsequences: false).last {
    case "txt": self = .text
    case "jsonl", "json": self = .json
    case "pcapng": self = .pcapng
    default: return nil
    }
  }

  /// The format of an output at `path`: what its ending tells, else `fallback`, which was not asked
  /// for; with a word to the user where somebody may expect another by the ending.
  static func expected(at path: String, else fallback: OutputFormat) -> OutputFormat {
    if let told = OutputFormat(ending: path) { return told }
    let ending = path.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
    if ["csv", "xml", "yaml", "yml", "html", "pcap"].contains(ending) {
      let hint = ending == "pcap" ? ": for packets there is .pcapng" : ""
      Diagnostics.say(
        "\(path): \(ending) is no format of mmsgtrace, this is \(fallback.rawValue)\(hint)")
    }
    return fallback
  }
}

extension SummaryColumn: ExplainedValue {
  /// The manual lists them: eleven values are too many for the help.
  public static var allValueStrings: [String] { [] }

  static func requirement(unmetBy text: String) -> String {
    "it is one of \(allCases.map(\.rawValue).joined(separator: ", "))"
  }
}

/// How much payload is kept of each message.
struct PayloadLimit: ExplainedValue {
  var bytes: UInt64

  static let standard = PayloadLimit(bytes: 32)
  static let all = PayloadLimit(bytes: .max)

  init(bytes: UInt64) { self.bytes = bytes }

  init?(argument: String) {
    switch argument {
    case "all": self = .all
    case "none": bytes = 0
    default:
      guard let number = UInt64(argument) else { return nil }
      bytes = number
    }
  }

  static func requirement(unmetBy text: String) -> String {
    "it is a number of bytes, all or none"
  }
}

/// An argument that may not be empty.
struct ArgumentText: ExpressibleByArgument {
  var text: String

  init?(argument: String) {
    if argument.isEmpty { return nil }
    text = argument
  }
}

/// `VAR=VALUE`, or `VAR` to unset it.
struct VariableChange: ExpressibleByArgument {
  var text: String

  init?(argument: String) {
    if argument.isEmpty || argument.hasPrefix("=") { return nil }
    text = argument
  }
}

/// PIDs, separated by commas or spaces, as pidof(1) prints them.
struct ProcessList: ExplainedValue {
  var numbers: [Int32]

  init?(argument: String) {
    // Blanks may follow each other, and end the list; a comma has a number at either side.
    let lists = argument.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.split { $0 == " " || $0 == "\n" }
    }
    guard lists.allSatisfy({ !$0.isEmpty }) else { return nil }
    let words = lists.joined()
    numbers = words.compactMap { $0.allSatisfy(\.isNumber) ? Int32($0) : nil }
    guard numbers.count == words.count else { return nil }
    guard numbers.allSatisfy({ $0 > 0 && $0 != getpid() }) else { return nil }
  }

  static func requirement(unmetBy text: String) -> String {
    text.allSatisfy(\.isWhitespace)
      ? "no PID given (did pidof find nothing?)"
      : "PIDs are numbers above 0, not our own, separated by commas or blanks"
  }
}

/// How many calls are recorded.
struct CallLimit: ExplainedValue {
  var number: UInt64

  init?(argument: String) {
    guard let number = UInt64(argument), number > 0 else { return nil }
    self.number = number
  }

  static func requirement(unmetBy text: String) -> String {
    "it is a whole number, at least 1"
  }
}

/// A length of time: a number with `ms`, `s`, `m` or `h`; seconds without.
struct Duration: ExplainedValue {
  var nanoseconds: UInt64

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let units: [Substring: UInt64] = [
      "": 1_000_000_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
      "h": 3_600_000_000_000,
    ]
    guard let number = UInt64(digits), number > 0,
      let unit = units[argument.dropFirst(digits.count)]
    else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit)
    // What no clock of ours reaches is no length of time.
    guard !overflow, product < UInt64(Int64.max) else { return nil }
    nanoseconds = product
  }

  static func requirement(unmetBy text: String) -> String {
    "it is a whole number above 0 with ms, s, m or h, or without a unit for seconds"
  }
}

/// A size in bytes: a number with `kB`, `MB`, `GB` or `KiB`, `MiB`, `GiB`; bytes without.
struct ByteSize: ExplainedValue {
  var bytes: UInt64

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let units: [Substring: UInt64] = [
      "": 1, "B": 1, "kB": 1000, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000,
      "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
    ]
    guard let number = UInt64(digits), number > 0,
      let unit = units[argument.dropFirst(digits.count)]
    else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit)
    // No file is larger than what an off_t counts.
    guard !overflow, product < UInt64(Int64.max) else { return nil }
    bytes = product
  }

  static func requirement(unmetBy text: String) -> String {
    "it is a whole number above 0 with kB, MB, GB, KiB, MiB or GiB, or without a unit for bytes"
  }
}

/// How many files are kept.
struct FileCount: ExplainedValue {
  var number: Int

  static let standard = FileCount(number: 5)

  private init(number: Int) { self.number = number }

  init?(argument: String) {
    guard let number = Int(argument), (1...100_000).contains(number) else { return nil }
    self.number = number
  }

  static func requirement(unmetBy text: String) -> String {
    "it is a whole number from 1 to 100000"
  }
}
