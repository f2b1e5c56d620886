import Glibc

/// Why we end without a trace, with the exit status that says so.
struct Failure: Error {
  /// Exit statuses of our own; all others are the command's.
  enum Status {
    /// Two traces differ.
    static let different: Int32 = 1
    static let usage: Int32 = 64
    /// A trace that cannot be read.
    static let unreadable: Int32 = 65
    static let ours: Int32 = 125
    static let notExecutable: Int32 = 126
    static let notFound: Int32 = 127
  }

  var text: String
  var status: Int32
}

/// Messages to the user.
enum Diagnostics {
  /// Writes one line, `mmsgtrace: …`, to stderr. Control characters in `text`, which may quote what
  /// others chose, are replaced.
  static func say(_ text: String) {
    var line = Array("mmsgtrace: ".utf8)
    for scalar in text.unicodeScalars {
      let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
      line += Array(String(isControl ? "\u{fffd}" : scalar).utf8)
    }
    line.append(UInt8(ascii: "\n"))
    // Nobody is left to be told of a failure.
    _ = WholeWrite.write(line.span, to: STDERR_FILENO)
  }

  /// The errno's text, as strerror(3) has it.
  static func text(ofErrno errno: Int32) -> String {
    unsafe String(cString: strerror(errno))
  }
}

/// Our standard streams.
enum Standard {
  /// Writes text to stdout.
  static func print(_ text: String) throws {
    if let errno = WholeWrite.write(Array(text.utf8).span, to: STDOUT_FILENO).errno {
      throw Failure(
        text: "stdout: \(Diagnostics.text(ofErrno: errno))", status: Failure.Status.ours)
    }
  }

  /// Occupies those of descriptors 0–2 that are closed, so that no file of ours becomes one of
  /// them. The command still finds them closed.
  static func reserve() {
    for number in 0...2 as ClosedRange<Int32> where fcntl(number, F_GETFD) == -1 {
      // The lowest free number is this one.
      _ = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
    }
  }
}
