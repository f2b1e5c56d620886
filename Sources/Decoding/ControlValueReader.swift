import Records

/// Takes the data of control messages apart.
struct ControlValueReader {
  let layout: MessageLayout
  /// What the kernel would take of the message the control messages go with; nil where that is not
  /// known.
  let messageBytes: UInt64?

  /// The fields of a message's data; nil where its type is not known, or its size is not that of
  /// the type.
  func value(of message: ControlMessage) -> [Field]? {
    guard let value = ControlValueLayout.byLevel[message.level]?[message.type],
      message.length == UInt64(layout.controlHeaderSize + message.data.count),
      value.size.refusal(of: UInt64(message.data.count), layout: layout) == nil
    else { return nil }
    let data = message.data
    let fields = value.fields.map { $0.read(data, in: 0..<data.count) }
    return value.derived.map { fields + derive($0, from: data) } ?? fields
  }

  /// What follows from the data together with what is known besides.
  private func derive(_ derivation: ControlValueLayout.Derivation, from data: [UInt8]) -> [Field] {
    switch derivation {
    case .segments: segments(of: UInt64(data.littleEndian(at: 0, size: 2)))
    case .trafficClass: trafficClass(UInt64(data[0]))
    case .flowLabel:
      [
        Field("traffic_class", .unsigned(UInt64(data.bigEndian32(at: 0) >> 20 & 0xff))),
        Field("flow_label", .unsigned(UInt64(data.bigEndian32(at: 0) & 0xfffff))),
      ]
    // Which clock is the socket's business, and needs to be asked there.
    case .clock: [Field("clock", .null), Field("relative_ns", .null)]
    // Names are the business of the tracee's own user database.
    case .userNames: [Field("user", .null), Field("group", .null)]
    }
  }

  /// How UDP cuts the message: into datagrams of this size, the last of what is left. A size of 0
  /// cuts nothing.
  private func segments(of size: UInt64) -> [Field] {
    guard let messageBytes else {
      return [Field("segments", .null), Field("last_segment", .null)]
    }
    let whole = size == 0 || messageBytes <= size
    let count = whole ? 1 : (messageBytes + size - 1) / size
    let last = whole ? messageBytes : messageBytes - (count - 1) * size
    return [Field("segments", .unsigned(count)), Field("last_segment", .unsigned(last))]
  }

  /// The two parts of a type of service, or traffic class (RFC 2474, RFC 3168).
  private func trafficClass(_ value: UInt64) -> [Field] {
    [Field("dscp", .unsigned(value >> 2)), Field("ecn", .unsigned(value & 3))]
  }
}

/// The fields in the data of one type of control message.
struct ControlValueLayout: Sendable {
  /// What is not in the data but follows from it.
  enum Derivation: Sendable {
    case segments
    case trafficClass
    case flowLabel
    case clock
    case userNames
  }

  let size: ControlDataSize
  let fields: [FieldLayout]
  let derived: Derivation?

  init(_ size: ControlDataSize, _ fields: [FieldLayout], _ derived: Derivation? = nil) {
    self.size = size
    self.fields = fields
    self.derived = derived
  }

  /// A single number that takes all of the data.
  init(_ size: ControlDataSize, _ name: String, _ kind: FieldLayout.Kind) {
    self.init(size, [FieldLayout(name, at: 0, kind)])
  }
}
