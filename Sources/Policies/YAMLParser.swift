import CYaml

/// Reads YAML by libyaml: one document of scalars, lists and mappings, with the place of each.
///
/// Anchors and aliases are refused: a short text could stand for an endless one.
@safe
struct YAMLParser: ~Copyable {
  /// On the heap: the parser holds a pointer to itself.
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let text: [UInt8]

  /// What a policy may come to, in bytes and in levels.
  static let longest = 1 << 20
  static let deepest = 32

  /// The document's root; nil where there is none.
  static func parse(_ text: [UInt8]) throws(PolicyError) -> YAMLNode? {
    guard text.count <= longest else {
      throw PolicyError(
        place: PolicyPlace(line: 1, column: 1), what: "it is longer than \(longest) bytes")
    }
    let parser = try YAMLParser(text)
    let result = unsafe text.withUnsafeBufferPointer { bytes -> Result<YAMLNode?, PolicyError> in
      unsafe yaml_parser_set_input_string(parser.parser, bytes.baseAddress, bytes.count)
      return Result { () throws(PolicyError) in try parser.document() }
    }
    return try result.get()
  }

  private init(_ text: [UInt8]) throws(PolicyError) {
    self.text = text
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    unsafe parser.initialize(to: yaml_parser_t())
    unsafe self.parser = unsafe parser
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      throw PolicyError(place: PolicyPlace(line: 1, column: 1), what: "there is no memory left")
    }
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
  }

  private func document() throws(PolicyError) -> YAMLNode? {
    var root: YAMLNode?
    while true {
      let event = try next()
      switch event.kind {
      case .other: continue
      case .end: return root
      case .close: throw PolicyError(place: event.place, what: "this closes nothing")
      case .scalar, .openSequence, .openMapping:
        guard root == nil else {
          throw PolicyError(place: event.place, what: "a second document begins here")
        }
        root = try node(event, depth: 0)
      }
    }
  }

  private func node(_ event: Event, depth: Int) throws(PolicyError) -> YAMLNode {
    guard depth < Self.deepest else {
      throw PolicyError(place: event.place, what: "this is nested too deeply")
    }
    switch event.kind {
    case .openSequence:
      var items: [YAMLNode] = []
      while let item = try inner(depth) { items.append(item) }
      return YAMLNode(place: event.place, content: .sequence(items))
    case .openMapping:
      var entries: [(key: YAMLNode, value: YAMLNode)] = []
      while let key = try inner(depth) {
        guard let value = try inner(depth) else {
          throw PolicyError(place: key.place, what: "a value is missing")
        }
        entries.append((key, value))
      }
      return YAMLNode(place: event.place, content: .mapping(entries))
    case .scalar(let text, let isPlain):
      return YAMLNode(place: event.place, content: .scalar(text, isPlain: isPlain))
    case .close, .end, .other:
      throw PolicyError(place: event.place, what: "a value is missing")
    }
  }

  /// The next node of a list or mapping; nil at its end.
  private func inner(_ depth: Int) throws(PolicyError) -> YAMLNode? {
    let event = try next()
    if case .close = event.kind { return nil }
    return try node(event, depth: depth + 1)
  }
}

/// One step of the parser, as far as we need to know.
private struct Event {
  enum Kind {
    case scalar(String, isPlain: Bool)
    case openSequence
    case openMapping
    case close
    case end
    /// The beginnings and ends of documents.
    case other
  }

  var kind: Kind
  var place: PolicyPlace
}

extension YAMLParser {
  private func next() throws(PolicyError) -> Event {
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure }
    defer { unsafe yaml_event_delete(&event) }
    let place = unsafe PolicyPlace(event.start_mark)
    if unsafe Self.hasAnchor(event) {
      throw PolicyError(
        place: place,
        what: "anchors and aliases (& and *) are not taken: a text that begins so needs quotes")
    }
    if unsafe Self.hasTag(event) {
      throw PolicyError(
        place: place, what: "tags (!) are not taken: a text that begins so needs quotes")
    }
    let kind: Event.Kind =
      switch unsafe event.type {
      case YAML_SCALAR_EVENT:
        unsafe .scalar(
          Self.text(event.data.scalar.value, event.data.scalar.length),
          isPlain: event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
      case YAML_SEQUENCE_START_EVENT: .openSequence
      case YAML_MAPPING_START_EVENT: .openMapping
      case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: .close
      case YAML_STREAM_END_EVENT, YAML_NO_EVENT: .end
      default: .other
      }
    return Event(kind: kind, place: place)
  }

  private func place(ofByte offset: Int) -> PolicyPlace {
    let before = text.prefix(offset)
    let line = before.reversed().prefix { $0 != UInt8(ascii: "\n") }
    return PolicyPlace(
      line: before.count { $0 == UInt8(ascii: "\n") } + 1,
      // Bytes that continue a character are no column of their own.
      column: line.count { $0 & 0xc0 != 0x80 } + 1)
  }

  private static func text(_ start: UnsafePointer<yaml_char_t>?, _ count: Int) -> String {
    unsafe String(
      decoding: UnsafeBufferPointer(start: start, count: start == nil ? 0 : count), as: UTF8.self)
  }

  private static func hasAnchor(_ event: yaml_event_t) -> Bool {
    switch unsafe event.type {
    case YAML_ALIAS_EVENT: true
    case YAML_SCALAR_EVENT: unsafe event.data.scalar.anchor != nil
    case YAML_SEQUENCE_START_EVENT: unsafe event.data.sequence_start.anchor != nil
    case YAML_MAPPING_START_EVENT: unsafe event.data.mapping_start.anchor != nil
    default: false
    }
  }

  private static func hasTag(_ event: yaml_event_t) -> Bool {
    switch unsafe event.type {
    case YAML_SCALAR_EVENT: unsafe event.data.scalar.tag != nil
    case YAML_SEQUENCE_START_EVENT: unsafe event.data.sequence_start.tag != nil
    case YAML_MAPPING_START_EVENT: unsafe event.data.mapping_start.tag != nil
    default: false
    }
  }

  /// Why the parser stopped.
  private var failure: PolicyError {
    let problem =
      unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "no memory is left"
    // A reader's error has an offset and no mark.
    let place =
      unsafe parser.pointee.error == YAML_READER_ERROR
      ? place(ofByte: Int(clamping: parser.pointee.problem_offset))
      : PolicyPlace(parser.pointee.problem_mark)
    return PolicyError(place: place, what: "this is no YAML: \(problem)")
  }
}

extension PolicyPlace {
  fileprivate init(_ mark: yaml_mark_t) {
    self.init(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
  }
}
