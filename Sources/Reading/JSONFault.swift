/// Why a line is no record.
struct JSONFault: Error {
  enum Reason: Equatable {
    /// The bytes end in the middle.
    case cutOff
    /// Something else stands where this is expected.
    case expected(StaticString)
    /// A key that a record of this kind always has is not there.
    case missing(String)
    /// A number, or a name, that the type of its key does not hold.
    case outOfRange
    /// A value that only a newer version can know, or none at all.
    case unknownValue(String)
    case tooDeep
    case tooMany(StaticString)

    static func == (left: Reason, right: Reason) -> Bool { left.text == right.text }
  }

  /// Bytes from the beginning of the line.
  var offset: Int
  var reason: Reason
}

extension JSONFault.Reason {
  /// What is said of it, behind the place.
  var text: String {
    switch self {
    case .cutOff: "it is cut off"
    case .expected(let what): "expected \(what)"
    case .missing(let key): "\"\(key)\" is missing"
    case .outOfRange: "the number is out of range"
    case .unknownValue(let value): "\"\(value)\" is not known here"
    case .tooDeep: "it is nested too deep"
    case .tooMany(let what): "there are too many \(what)"
    }
  }
}
