import Records

// What the thread may do (capabilities(7)).
extension FailedMessage {
  /// Whether the thread has one of these capabilities for the network namespace of the socket; nil
  /// where it is not known.
  func hasNetworkCapability(_ numbers: UInt64...) -> Bool? {
    guard let held = evidence?.credentials else { return nil }
    return held.ownsNetwork ? true : held.has(numbers) ? held.countForNetwork : false
  }

  /// The same for the machine (`capable`).
  func hasMachineCapability(_ numbers: UInt64...) -> Bool? {
    guard let held = evidence?.credentials else { return nil }
    return held.has(numbers) ? held.countForMachine : false
  }

  /// Where a capability that is held does not count for the socket's network, why.
  var whyCapabilitiesDoNotCount: String {
    guard let held = evidence?.credentials, held.capabilities != 0, held.countForNetwork == false
    else { return "" }
    return ", in the user namespace that owns the socket's network namespace, and not in its own"
  }

  /// EPERM of a check for one of these capabilities; nil where the thread has one. What a thread
  /// may do changes by its own calls alone, so that it is now as it was.
  func refused(without numbers: UInt64..., why: String) -> Finding? {
    guard let held = evidence?.credentials else { return .suspect(.notPermitted, .possible, why) }
    if held.ownsNetwork || held.has(numbers) && held.countForNetwork == true { return nil }
    if held.has(numbers), held.countForNetwork == nil {
      return .suspect(.notPermitted, .possible, why)
    }
    let sentence = why + whyCapabilitiesDoNotCount
    return held.countForNetwork == nil
      ? .suspect(.notPermitted, .likely, sentence) : .fails(.notPermitted, sentence)
  }
}

extension Credentials {
  fileprivate func has(_ numbers: [UInt64]) -> Bool {
    numbers.contains { capabilities >> $0 & 1 == 1 }
  }
}
