import Records

/// Finds what of a message could not be read as a whole, and says what the kernel does with that
/// (kernel.md §2.1, rows 1, 5, 8 and 13; for the control blocks of 32-bit calls §2.3).
struct UnreadableParts {
  private let layout: MessageLayout
  private(set) var parts: [UnreadablePart] = []
  /// What the kernel refuses before it comes to the next part.
  private var refusedBefore: String?

  /// So much of a part is kept.
  private static let maximumBytes = 512
  /// The smallest `optmem_max` a kernel has by default.
  private static let leastControlLimit: UInt64 = 20480

  init(_ layout: MessageLayout) { self.layout = layout }

  /// `fault` is that of the control block.
  mutating func examine(
    _ entry: Entry, control fault: RemoteAddress?, _ headers: borrowing MemoryImage
  ) {
    guard let header = entry.header else {
      if let fault = entry.fault {
        add(.header, fault, entry.fragment, entry.fragment.count, of: layout.sentLengthOffset) {
          "EFAULT: a header is copied whole"
        }
      }
      return
    }
    if header.nameLength < 0, !header.name.isNull { refusedBefore = "msg_namelen is negative" }
    if let name = header.nameRange {
      examine(.name, name, headers) { "EFAULT: the address is copied whole" }
    }
    if header.iovecCount > MessageHeader.maximumIOVectors {
      refusedBefore = refusedBefore ?? "there are too many iovecs"
    }
    if entry.iovecFault != nil, let range = header.iovecRange(layout) {
      examine(.iov, range, headers) {
        if case .negativeLength(let index, _) = entry.refusal {
          return "EINVAL: the length of iovec \(index) is negative, and is looked at first; "
            + "EFAULT from older kernels, which copy the array whole"
        }
        return "EFAULT: the array is read whole before the payload"
      }
    } else if entry.refusal != nil {
      refusedBefore = refusedBefore ?? "the iovecs are refused"
    }
    if fault != nil, let range = header.controlRange {
      let isCompat = layout.isCompat
      examine(.control, range, headers) {
        if isCompat { return "EFAULT: what can be read of it is sound" }
        return "EFAULT: the block is copied whole"
          + (header.controlLength > Self.leastControlLimit
            ? ", if it is not over net.core.optmem_max: ENOBUFS" : "")
      }
    }
  }

  private mutating func examine(
    _ part: MessagePart, _ range: RemoteRange, _ image: borrowing MemoryImage,
    effect: () -> String
  ) {
    let extent = image.extent(of: range)
    guard case .fault(let address) = extent.missing else { return }
    let bytes = image.bytes[extent.bytes].prefix(Self.maximumBytes)
    add(part, address, Array(bytes), extent.bytes.count, of: range.count, effect: effect)
  }

  private mutating func add(
    _ part: MessagePart, _ address: RemoteAddress, _ bytes: [UInt8], _ available: Int,
    of wanted: Int, effect: () -> String
  ) {
    parts.append(
      UnreadablePart(
        part: part, address: address, bytes: bytes, available: available, wanted: wanted,
        effect: refusedBefore.map { "not looked at: \($0)" } ?? effect()))
    refusedBefore = refusedBefore ?? "the \(part.rawValue) cannot be read"
  }
}
