/// A part of a YAML document, with its place.
struct YAMLNode: Sendable {
  enum Content: Sendable {
    /// `isPlain` where it stands without quotes, and may be a number.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    /// In the order of the document.
    case mapping([(key: YAMLNode, value: YAMLNode)])
  }

  var place: PolicyPlace
  var content: Content

  /// What it is, for a message about a wrong type.
  var kind: String {
    switch content {
    case .scalar(let text, isPlain: true) where ["", "~", "null"].contains(text): "nothing"
    case .scalar(let text, _): "'\(text.count > 60 ? text.prefix(60) + "…" : text[...])'"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}
