/// How many columns of a terminal a character takes.
extension Unicode.Scalar {
  /// True for what a reader sees as itself; not for controls, format characters, separators other
  /// than spaces, private and unassigned ones.
  var isVisible: Bool {
    if isASCII { return value >= 0x20 && value < 0x7f }
    return switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    default: true
    }
  }

  /// 0 for combining marks, 2 for East Asian wide characters and emoji, else 1. Those of ambiguous
  /// width count as 1, as terminals outside of East Asian locales show them.
  var columns: Int {
    if value < 0x300 { return 1 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return 0
    default: break
    }
    return isEastAsianWide || properties.isEmojiPresentation ? 2 : 1
  }

  /// The W and F blocks of Unicode's EastAsianWidth.txt, without emoji, which have a property.
  private var isEastAsianWide: Bool {
    switch value {
    case 0x1100...0x115f, 0x2329...0x232a, 0x2e80...0x303e, 0x3041...0x4dbf, 0x4e00...0xa4cf,
      0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe10...0xfe19, 0xfe30...0xfe6f,
      0xff01...0xff60, 0xffe0...0xffe6, 0x16fe0...0x18dff, 0x1aff0...0x1b2ff, 0x1f200...0x1f265,
      0x20000...0x3fffd:
      true
    default: false
    }
  }
}

extension Span where Element == UInt8 {
  /// The columns of text that is visible throughout.
  var columns: Int {
    var columns = 0
    var index = 0
    while index < count {
      let scalar = UTF8Scalar(in: self, at: index)
      columns += Unicode.Scalar(scalar.value)?.columns ?? 1
      index += scalar.length
    }
    return columns
  }
}
