package import Records

/// One line of a trace, which is one record (schema 1).
///
/// Keys may come in any order. Those that are not known are passed over: a newer version may have
/// added them. Those that older versions did not have yet may be missing.
package enum RecordLine {
  private enum Key: String, CaseIterable { case kind }
  private static let keys = JSONKeys<Key>()

  /// What a line says.
  package enum Meaning: Sendable {
    case event(TraceEvent)
    /// A record of a kind that is not known, which a newer version may have added.
    case unknownKind(String)
  }

  /// Reads one line, without its newline.
  static func meaning(of line: Span<UInt8>) throws(JSONFault) -> Meaning {
    var cursor = JSONCursor(line)
    cursor.skipSpace()
    let start = cursor.position
    let kind = try kind(&cursor)
    cursor.position = start
    let meaning: Meaning
    switch kind {
    case "trace_start": meaning = .event(.start(try cursor.traceStart()))
    case "call":
      let (call, verdict) = try cursor.call()
      meaning = .event(.call(call, verdict))
    case "follow_up": meaning = .event(.followUp(try cursor.followUp()))
    case "process": meaning = .event(.process(try cursor.processEvent()))
    case "trace_end": meaning = .event(.end(try cursor.traceEnd()))
    default:
      try cursor.skipValue()
      meaning = .unknownKind(String(String.UnicodeScalarView(kind.unicodeScalars.prefix(40))))
    }
    cursor.skipSpace()
    guard cursor.isAtEnd else { throw cursor.fault(.expected("the end of the line")) }
    return meaning
  }

  /// The value of `kind`, which is the first key unless another program has sorted them.
  private static func kind(_ cursor: inout JSONCursor) throws(JSONFault) -> String {
    var object = try cursor.beginObject()
    guard try cursor.nextKey(&object, keys) != nil else {
      throw JSONFault(offset: 0, reason: .missing("kind"))
    }
    return try cursor.string()
  }
}

extension Optional {
  /// The value of a key that every record of its kind has.
  func required(_ key: some RawRepresentable<String>, at offset: Int) throws(JSONFault) -> Wrapped {
    guard let self else { throw JSONFault(offset: offset, reason: .missing(key.rawValue)) }
    return self
  }
}
