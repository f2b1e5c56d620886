import Records

// The messages of a call. This is the hot path: a call may hold 1,024 of them.
extension JSONCursor {
  private enum MessageKey: String, CaseIterable {
    case index, state, bytes
    case sentLength = "msg_len"
    case flags, name
    case nameAt = "name_at"
    case nameLength = "namelen"
    case iovecsAt = "iov_at"
    case iovecCount = "iovlen"
    case iovecs = "iov"
    case payload
    case controlAt = "control_at"
    case controlLength = "controllen"
    case control, segmentation, fault, truncated, unreadable, mutated
  }
  private static let messageKeys = JSONKeys<MessageKey>()

  mutating func messages() throws(JSONFault) -> [Message] {
    var messages: [Message] = []
    var isFirst = true
    try beginList()
    while try hasElement(&isFirst) {
      guard messages.count < SendArguments.maximumEntries else {
        throw fault(.tooMany("messages"))
      }
      messages.append(try message())
    }
    return messages
  }

  private mutating func message() throws(JSONFault) -> Message {
    let start = position
    var index: Int?
    var (flags, nameLength, iovecCount) = (nil as SendFlags?, nil as Int32?, nil as UInt64?)
    var (nameAt, iovecsAt) = (nil as RemoteAddress?, nil as RemoteAddress?)
    var (controlAt, controlLength) = (nil as RemoteAddress?, nil as UInt64?)
    var message = Message(
      index: 0, header: nil, bytes: nil, sentLength: nil, name: nil, iovecs: nil,
      payload: Payload(data: nil, truncated: false, fault: nil), control: nil, fault: nil,
      truncated: false)
    var object = try beginObject()
    while let key = try nextKey(&object, Self.messageKeys) {
      switch key {
      case .index: index = try integer()
      // It follows from the verdict.
      case .state: try skipValue()
      case .bytes: message.bytes = try optionalInteger()
      case .sentLength: message.sentLength = try optionalInteger()
      case .flags: flags = try optionalFlags()
      case .name: message.name = takeNull() ? nil : try address()
      case .nameAt: nameAt = try optionalPointer()
      case .nameLength: nameLength = try optionalInteger()
      case .iovecsAt: iovecsAt = try optionalPointer()
      case .iovecCount: iovecCount = try optionalInteger()
      case .iovecs: message.iovecs = takeNull() ? nil : try iovecs()
      case .payload: message.payload = try payload()
      case .controlAt: controlAt = try optionalPointer()
      case .controlLength: controlLength = try optionalInteger()
      case .control: message.control = takeNull() ? nil : try control()
      case .segmentation: message.segmentation = takeNull() ? nil : try segmentation()
      case .fault: message.fault = try optionalPointer()
      case .truncated: message.truncated = try flag()
      case .unreadable: message.unreadable = takeNull() ? [] : try unreadableParts()
      case .mutated: message.mutated = takeNull() ? nil : try parts()
      }
    }
    message.index = try index.required(MessageKey.index, at: start)
    if let flags, let nameAt, let nameLength, let iovecsAt, let iovecCount, let controlAt,
      let controlLength
    {
      message.header = MessageHeader(
        name: nameAt, nameLength: nameLength, iovecs: iovecsAt, iovecCount: iovecCount,
        control: controlAt, controlLength: controlLength, flags: flags)
    }
    return message
  }

  private enum IOVectorKey: String, CaseIterable { case base, length }
  private static let iovecKeys = JSONKeys<IOVectorKey>()

  private mutating func iovecs() throws(JSONFault) -> ArraySlice<IOVector> {
    var iovecs: [IOVector] = []
    var isFirst = true
    try beginList()
    while try hasElement(&isFirst) {
      try spend()
      var iovec = IOVector(base: .null, length: 0)
      var object = try beginObject()
      while let key = try nextKey(&object, Self.iovecKeys) {
        switch key {
        case .base: iovec.base = try pointer()
        case .length: iovec.length = try integer()
        }
      }
      iovecs.append(iovec)
    }
    return iovecs[...]
  }

  private enum PayloadKey: String, CaseIterable {
    case captured, encoding, data, truncated, fault, hint
  }
  private static let payloadKeys = JSONKeys<PayloadKey>()

  private enum Encoding: String {
    case utf8 = "utf-8"
    case base64
  }

  private mutating func payload() throws(JSONFault) -> Payload {
    let start = position
    var payload = Payload(data: nil, truncated: false, fault: nil)
    var (data, isBase64) = (nil as JSONText?, false)
    var object = try beginObject()
    while let key = try nextKey(&object, Self.payloadKeys) {
      switch key {
      case .captured: try skipValue()
      case .encoding:
        let encoding: Encoding? = try optionalChoice()
        isBase64 = encoding == .base64
      case .data: data = try optionalText()
      case .truncated: payload.truncated = try flag()
      case .fault: payload.fault = try optionalPointer()
      case .hint: payload.hint = try optionalString()
      }
    }
    if let data {
      let bytes = isBase64 ? try base64(data, at: start) : contents(of: data)
      payload.data = bytes[...]
    }
    return payload
  }

  private enum ControlKey: String, CaseIterable {
    case level, type, length, value, raw, status, why
  }
  private static let controlKeys = JSONKeys<ControlKey>()

  private mutating func control() throws(JSONFault) -> [ControlMessage] {
    var messages: [ControlMessage] = []
    var isFirst = true
    try beginList()
    while try hasElement(&isFirst) { messages.append(try controlMessage()) }
    return messages
  }

  private mutating func controlMessage() throws(JSONFault) -> ControlMessage {
    let start = position
    var (level, type) = (nil as Int32?, nil as String?)
    var message = ControlMessage(level: 0, type: 0, length: 0, data: [], status: nil, why: nil)
    var object = try beginObject()
    while let key = try nextKey(&object, Self.controlKeys) {
      switch key {
      case .level: level = try named(ControlMessage.level(named:))
      case .type: type = try string()
      case .length: message.length = try integer()
      case .value: message.value = takeNull() ? nil : try fields()
      case .raw: message.data = try hex()
      case .status: message.status = try optionalChoice()
      case .why: message.why = try optionalString()
      }
    }
    message.level = try level.required(ControlKey.level, at: start)
    let name = try type.required(ControlKey.type, at: start)
    guard let number = ControlMessage.type(named: name, at: message.level) else {
      throw JSONFault(offset: start, reason: .unknownValue(String(name.prefix(40))))
    }
    message.type = number
    return message
  }
}
