import Records

/// What was found, one note for each code: a call of 1,024 messages may be one of 1,024 oddities
/// of the same kind.
struct MessageOddities {
  private struct Oddity {
    let code: Note.Code
    /// The first message.
    let message: Int
    let text: String
    var others = 0
  }

  private var oddities: [Oddity] = []

  /// Adds a message; `text` is asked for the first one of a code alone.
  mutating func add(_ code: Note.Code, _ message: Int, text: () -> String) {
    if let known = oddities.firstIndex(where: { $0.code == code }) {
      oddities[known].others += 1
    } else {
      oddities.append(Oddity(code: code, message: message, text: text()))
    }
  }

  /// The notes, in the order of their codes.
  var notes: [Note] {
    Note.Code.allCases.compactMap { code in
      guard let oddity = oddities.first(where: { $0.code == code }) else { return nil }
      let others =
        switch oddity.others {
        case 0: ""
        case 1: "; so it is with 1 more message"
        case let count: "; so it is with \(count) more messages"
        }
      return Note(code: code, message: oddity.message, text: oddity.text + others)
    }
  }
}
