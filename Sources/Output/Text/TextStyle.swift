/// The few colours of the text output.
enum TextStyle {
  case plain
  /// What fell short.
  case alarm
  /// What went out.
  case good
  /// What stands back.
  case faint

  /// `ESC [ … m`; the only escape sequences a text output ever holds.
  private var start: StaticString {
    switch self {
    case .plain: ""
    case .alarm: "\u{1b}[31m"
    case .good: "\u{1b}[32m"
    case .faint: "\u{1b}[2m"
    }
  }

  /// Appends what `body` appends, in this style where `isColored`.
  func paint(_ out: inout ByteBuffer, isColored: Bool, _ body: (inout ByteBuffer) -> Void) {
    let isPainted = isColored && self != .plain
    if isPainted { out.append(start) }
    body(&out)
    if isPainted { out.append("\u{1b}[0m") }
  }
}
