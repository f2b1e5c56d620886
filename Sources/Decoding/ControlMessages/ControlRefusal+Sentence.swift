import Records

extension ControlRefusal {
  /// The errno, and why.
  var sentence: String { "\(errno.name): \(text)" }

  private var text: String {
    switch self {
    case .tooLong: "msg_controllen is over 2147483647"
    case .noHeader: "a 32-bit call's control block has to hold a header, or have no length"
    case .malformed(let offset):
      "the cmsg_len at offset \(offset) of the control block is less than a header or more than is "
        + "left"
    case .trailingBytes(let count):
      "\(count == 1 ? "1 byte follows" : "\(count) bytes follow") the last control message, which a "
        + "32-bit call may not have"
    }
  }
}
