import Records

/// Takes the data of control messages apart.
struct ControlValueReader {
  let layout: MessageLayout
  /// What the kernel would take of the message the control messages go with; nil where that is not
  /// known.
  let messageBytes: UInt64?
  var details = CallDetails()
  var users = UserNames()

  /// The fields of a message's data; nil where its type is not known, or its size is not that of
  /// the type.
  func value(of message: ControlMessage) -> [Field]? {
    guard let value = ControlValueLayout.byLevel[message.level]?[message.type],
      message.length == UInt64(layout.controlHeaderSize + message.data.count),
      value.size.refusal(of: UInt64(message.data.count), layout: layout) == nil
    else { return nil }
    let data = message.data
    let fields = value.fields.map { $0.read(data, in: 0..<data.count) }
    return (value.derived.map { fields + derive($0, from: data) } ?? fields)
      .naming(details.interfaces)
  }

  /// What follows from the data together with what is known besides.
  private func derive(_ derivation: ControlValueLayout.Derivation, from data: [UInt8]) -> [Field] {
    switch derivation {
    case .segments: segments(of: UInt16(truncatingIfNeeded: data.littleEndian(at: 0, size: 2)))
    case .trafficClass: trafficClass(UInt64(data[0]))
    case .flowLabel:
      [
        Field("traffic_class", .unsigned(UInt64(data.bigEndian32(at: 0) >> 20 & 0xff))),
        Field("flow_label", .unsigned(UInt64(data.bigEndian32(at: 0) & 0xfffff))),
      ]
    case .clock: clock(of: data.littleEndian64(at: 0))
    case .userNames:
      [
        Field("user", text(users.user(data.littleEndian32(at: 4)))),
        Field("group", text(users.group(data.littleEndian32(at: 8)))),
      ]
    case .files: [Field("files", .list(data.descriptors.map { file($0) }))]
    }
  }

  private func file(_ descriptor: Int32) -> FieldValue {
    details.files[descriptor].map { .text($0) } ?? .null
  }

  private func text(_ name: String?) -> FieldValue { name.map { .text(Array($0.utf8)) } ?? .null }

  /// The socket's clock, and how far off a time of it was at entry.
  private func clock(of time: UInt64) -> [Field] {
    guard let clock = details.transmitClock else {
      return [Field("clock", .null), Field("relative_ns", .null)]
    }
    return [
      Field("clock", .name(clock.name)),
      Field("relative_ns", .number(Int64(bitPattern: time &- clock.now))),
    ]
  }

  /// How UDP cuts the message: into datagrams of this size, the last of what is left. A size of 0
  /// cuts nothing.
  private func segments(of size: UInt16) -> [Field] {
    guard let messageBytes else {
      return [Field("segments", .null), Field("last_segment", .null)]
    }
    let pieces = Segmentation.Pieces(cutting: messageBytes, into: size)
    return [
      Field("segments", .unsigned(pieces.count)), Field("last_segment", .unsigned(pieces.last)),
    ]
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
    case files
  }

  let size: ControlDataSize
  let fields: [FieldLayout]
  let derived: Derivation?

  init(_ size: ControlDataSize, _ fields: [FieldLayout], _ derived: Derivation? = nil) {
    self.size = size
    self.fields = fields
    self.derived = derived
  }

  /// A list of descriptors.
  static let descriptors = ControlValueLayout(
    .any, [FieldLayout("descriptors", at: 0, .int32List)], .files)

  /// A single number that takes all of the data.
  init(_ size: ControlDataSize, _ name: String, _ kind: FieldLayout.Kind) {
    self.init(size, [FieldLayout(name, at: 0, kind)])
  }
}

extension [UInt8] {
  /// As many `int`s as there are; odd bytes are cut off.
  fileprivate var descriptors: [Int32] {
    (0..<count / 4).map { Int32(bitPattern: littleEndian32(at: 4 * $0)) }
  }
}
