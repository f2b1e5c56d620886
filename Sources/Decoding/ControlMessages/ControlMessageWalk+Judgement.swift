import Records

extension ControlMessageWalk {
  /// In which walk over the block the kernel looks at a message.
  private enum Pass: Int {
    /// The conversion of a 32-bit block.
    case conversion
    /// UDP's look for SOL_UDP.
    case udp
    case main
  }

  /// Says of each message what the kernel does with it.
  ///
  /// The first one that is rejected ends the kernel's walk, and with it the send; what it would
  /// have looked at later is ignored.
  mutating func judge(by reader: ControlReader?, layout: MessageLayout) {
    var stop: (pass: Int, index: Int)?
    for index in messages.indices {
      judgeAlone(index, by: reader, layout: layout)
      guard messages[index].status == .rejected else { continue }
      let place = (pass: pass(of: index, by: reader).rawValue, index: index)
      if stop.map({ place < $0 }) ?? true { stop = place }
    }
    if !lastIsMalformed, case .refused = end { stop = (pass: -1, index: -1) }
    guard let stop else { return }
    let why =
      stop.index < 0
      ? "not looked at: the control block is refused as a whole"
      : "not looked at: control message \(stop.index) is rejected"
    for index in messages.indices where (pass(of: index, by: reader).rawValue, index) > stop {
      messages[index].status = .ignored
      messages[index].why = why
    }
  }

  private mutating func judgeAlone(
    _ index: Int, by reader: ControlReader?, layout: MessageLayout
  ) {
    if isMalformed(index) {
      if layout.isCompat || reader.map({ !$0.levels.isEmpty }) ?? false {
        messages[index].status = .rejected
        messages[index].reason = ControlMessage.Reason(
          .invalidArgument,
          messages[index].length < UInt64(layout.controlHeaderSize)
            ? "cmsg_len is less than its header" : "cmsg_len is more than is left")
      } else if let reader {
        messages[index].status = .ignored
        messages[index].why = reader.otherLevels
      }
      return
    }
    switch reader?.judge(messages[index], layout: layout) {
    case .used(let why):
      messages[index].status = .used
      messages[index].why = why
    case .ignored(let why):
      messages[index].status = .ignored
      messages[index].why = why
    case .rejected(let errno, let why):
      messages[index].status = .rejected
      messages[index].reason = ControlMessage.Reason(errno, why)
    case .undetermined, nil:
      break
    }
  }

  private func isMalformed(_ index: Int) -> Bool {
    lastIsMalformed && index == messages.count - 1
  }

  private func pass(of index: Int, by reader: ControlReader?) -> Pass {
    let malformed = isMalformed(index)
    if malformed, case .refused = end { return .conversion }
    guard let reader, reader.readsUDPFirst else { return .main }
    return malformed || messages[index].level == 17 ? .udp : .main
  }
}
