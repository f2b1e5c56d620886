import Records

extension ControlRefusal {
  /// The errno, and why.
  var sentence: String {
    switch self {
    case .tooLong: "ENOBUFS: msg_controllen is over 2147483647"
    case .noHeader: "EINVAL: a 32-bit call's control block has to hold a header, or have no length"
    case .malformed(let offset):
      "EINVAL: the cmsg_len at offset \(offset) of the control block is less than a header or more "
        + "than is left"
    case .trailingBytes(let count):
      "EINVAL: \(count == 1 ? "1 byte follows" : "\(count) bytes follow") the last control message, "
        + "which a 32-bit call may not have"
    }
  }
}
