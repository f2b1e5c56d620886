import Records

extension PolicyDemand {
  /// Which messages are not as demanded; for flags, which belong to the call, its first.
  func judge(_ messages: MessagesInScope) -> Judgement {
    switch self {
    case .allowedDestinations(let allowed):
      return judgeDestinations(messages, "goes to none of the allowed destinations") { address in
        allowed.lazy.map(\.value).decide(address)
      }
    case .deniedDestinations(let denied):
      return judgeDestinations(messages, "goes to a denied destination") { address in
        denied.lazy.map(\.value).decide(address).map { !$0 }
      }
    case .allowedFlags(let allowed):
      return judgeFlags(messages, "passes flags beyond the allowed", "leave out") {
        $0.subtracting(allowed)
      }
    case .deniedFlags(let denied):
      return judgeFlags(messages, "passes denied flags", "leave out") { $0.intersection(denied) }
    case .requiredFlags(let required):
      return judgeFlags(messages, "passes not all of the required flags, without", "pass") {
        required.subtracting($0)
      }
    case .allowedControl(let allowed):
      return judgeControl(messages, "carries control messages beyond the allowed") { names in
        names.filter { !allowed.contains($0) }
      }
    case .deniedControl(let denied):
      return judgeControl(messages, "carries a denied control message") { names in
        names.filter { denied.contains($0) }
      }
    case .requiredControl(let required):
      return judgeControl(messages, "lacks a required control message", orByOption: true) { names in
        required.filter { !names.contains($0) }
      }
    }
  }

  private func judgeDestinations(
    _ messages: MessagesInScope, _ reason: String, _ isRight: (SocketAddress) -> Bool?
  ) -> Judgement {
    let call = messages.call
    var judgement = messages.judge { call.destinationOrFamily(ofMessage: $0).flatMap(isRight) }
    judgement.unplaced = UInt64(
      messages.indices.count { index in
        call.destinationOrFamily(ofMessage: index).map { isRight($0) == nil } ?? false
      })
    judgement.unjudged -= judgement.unplaced
    return judgement.saying(
      reason, judgement.offenders.first.flatMap { call.destinationOrFamily(ofMessage: $0) })
  }

  private func judgeFlags(
    _ messages: MessagesInScope, _ reason: String, _ verb: String,
    _ wrong: (SendFlags) -> SendFlags
  ) -> Judgement {
    guard let flags = messages.call.arguments?.flags else {
      return Judgement(unjudged: UInt64(messages.indices.count))
    }
    let names = wrong(flags).names
    guard !names.isEmpty else { return Judgement() }
    let list = names.joined(separator: ", ")
    // One finding for the call: its flags go for all messages.
    return Judgement(offenders: [messages.indices.first ?? 0]).saying(
      "the call \(reason): \(list)", fix: "\(verb) \(list)")
  }

  /// `orByOption` where an option of the socket does as well as the control message.
  private func judgeControl(
    _ messages: MessagesInScope, _ reason: String, orByOption: Bool = false,
    _ wrong: ([String]) -> [String]
  ) -> Judgement {
    func names(_ index: Int) -> [String]? {
      let message = messages.call.messages[index]
      guard let names = message.control?.map(\.typeName) else { return nil }
      return orByOption && message.segmentation?.source == .socket
        ? names + ["UDP_SEGMENT"] : names
    }
    let judgement = messages.judge { index in names(index).map { wrong($0).isEmpty } }
    guard let first = judgement.offenders.first, let found = names(first) else { return judgement }
    return judgement.saying("\(reason): \(wrong(found).joined(separator: ", "))")
  }
}

extension SendFlags {
  /// Every bit that is set, by name or as a number.
  package var names: [String] {
    var names = Self.table.filter { rawValue & $0.bit != 0 }.map(\.name)
    if unknownBits != 0 { names.append("0x" + String(unknownBits, radix: 16)) }
    return names
  }

  /// The flag of this name; nil where there is none.
  package init?(name: String) {
    guard let bit = Self.table.first(where: { $0.name == name })?.bit else { return nil }
    self.init(rawValue: bit)
  }
}
