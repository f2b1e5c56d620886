import CTracee
import Glibc
import Output

/// What text has to know of the place it goes to.
enum Terminal {
  /// Completes `options` for a stream; nil for a file.
  static func fit(
    _ options: TextFormat.Options, _ color: ColorUse, fd: Int32?
  ) -> TextFormat.Options {
    var options = options
    let isTerminal = fd.map { isatty($0) == 1 } ?? false
    if isTerminal, let fd {
      let columns = tracee_terminal_columns(fd)
      // A terminal that says nonsense is better not believed.
      options.width = columns >= 20 ? Int(columns) : nil
    }
    switch color {
    case .always: options.color = true
    case .never: options.color = false
    case .auto: options.color = isTerminal && !refusesColor
    }
    options.utcOffset = utcOffset
    return options
  }

  /// no-color.org: set and not empty; and terminals that can do nothing.
  private static var refusesColor: Bool {
    variable("NO_COLOR").map { !$0.isEmpty } ?? false || variable("TERM") == "dumb"
  }

  private static func variable(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  private static var utcOffset: Int32 {
    var now = time(nil)
    var local = unsafe tm()
    guard unsafe localtime_r(&now, &local) != nil else { return 0 }
    return unsafe Int32(local.tm_gmtoff)
  }
}
