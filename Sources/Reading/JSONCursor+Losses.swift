import Records

// What `trace_end` says of losses.
extension JSONCursor {
  private enum LossesKey: String, CaseIterable {
    case causes, dropped, resent, resumed, unknown, uncounted
    case droppedSoFar = "dropped_so_far"
    case droppedBytes = "dropped_bytes"
    case rows = "by_destination"
    case sentences
  }
  private static let lossesKeys = JSONKeys<LossesKey>()

  mutating func losses() throws(JSONFault) -> Losses {
    var losses = Losses()
    var object = try beginObject()
    while let key = try nextKey(&object, Self.lossesKeys) {
      switch key {
      case .causes: losses.causes = try counts(by: Self.causeKeys)
      case .dropped: losses.total.dropped = try integer()
      case .droppedSoFar: losses.total.droppedSoFar = try integer()
      case .droppedBytes: losses.total.droppedBytes = try integer()
      case .resent: losses.total.resent = try integer()
      case .resumed: losses.total.resumed = try integer()
      case .unknown: losses.total.unknown = try integer()
      case .uncounted: losses.total.uncounted = try integer()
      case .rows: losses.rows = try lossRows()
      case .sentences: losses.sentences = try strings()
      }
    }
    return losses
  }

  private static let causeKeys = JSONKeys<Verdict.Cause>()

  private mutating func lossRows() throws(JSONFault) -> [Losses.Row] {
    var rows: [Losses.Row] = []
    var isFirst = true
    try beginList()
    while try hasElement(&isFirst) {
      try spend()
      rows.append(try lossRow())
    }
    return rows
  }

  private enum RowKey: String, CaseIterable {
    case program, destination, dropped, resent, resumed, unknown, uncounted
    case droppedSoFar = "dropped_so_far"
    case droppedBytes = "dropped_bytes"
  }
  private static let rowKeys = JSONKeys<RowKey>()

  private mutating func lossRow() throws(JSONFault) -> Losses.Row {
    var row = Losses.Row(program: "", destination: nil)
    var object = try beginObject()
    while let key = try nextKey(&object, Self.rowKeys) {
      switch key {
      case .program: row.program = try optionalString() ?? ""
      case .destination: row.destination = takeNull() ? nil : try address()
      case .dropped: row.counts.dropped = try integer()
      case .droppedSoFar: row.counts.droppedSoFar = try integer()
      case .droppedBytes: row.counts.droppedBytes = try integer()
      case .resent: row.counts.resent = try integer()
      case .resumed: row.counts.resumed = try integer()
      case .unknown: row.counts.unknown = try integer()
      case .uncounted: row.counts.uncounted = try integer()
      }
    }
    return row
  }

  /// `{"complete":11,"partial":1}`
  mutating func counts<Key>(
    by keys: borrowing JSONKeys<Key>
  ) throws(JSONFault) -> [(Key, UInt64)] {
    var counts: [(Key, UInt64)] = []
    var key: Key?
    var object = try beginObject()
    while try nextMember(&object, keys, &key) {
      if let key {
        try spend()
        counts.append((key, try integer()))
      } else {
        try skipValue()
      }
    }
    return counts
  }
}
