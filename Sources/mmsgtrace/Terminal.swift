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
    options.width = fd.flatMap(columns)
    switch color {
    case .always: options.color = true
    case .never: options.color = false
    case .auto: options.color = isTerminal && !refusesColor
    }
    options.utcOffset = utcOffset
    return options
  }

  /// Completes `options` of a summary likewise: where nothing is a terminal, 80 columns are good to
  /// read.
  static func fit(_ options: SummaryFormat.Options, fd: Int32?) -> SummaryFormat.Options {
    var options = options
    options.width = fd.flatMap(columns) ?? 80
    if let fd, variable("TERM") != "dumb" {
      let lines = tracee_terminal_lines(fd)
      options.redrawnLines = lines > 0 ? Int(lines) : nil
    }
    return options
  }

  /// The size of a terminal as it is now, of which nonsense is nil.
  static func size(_ fd: Int32) -> (columns: Int?, lines: Int?) {
    let lines = Int(tracee_terminal_lines(fd))
    return (columns(fd), lines > 0 ? lines : nil)
  }

  /// A terminal that says nonsense is better not believed.
  private static func columns(_ fd: Int32) -> Int? {
    let columns = tracee_terminal_columns(fd)
    return columns >= 20 ? Int(columns) : nil
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
