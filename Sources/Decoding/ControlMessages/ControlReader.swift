import Records

/// The code in the kernel that reads a socket's control messages: which levels it looks at, and
/// which types it knows there (kernel.md §4).
struct ControlReader {
  /// Empty for a socket that looks at no control message at all.
  let levels: [ControlLevel]
  /// What is said of a message at another level.
  let otherLevels: String
  /// UDP walks the block twice: for SOL_UDP first, then for the rest.
  var readsUDPFirst = false

  /// What it does with a message, taken by itself.
  enum Judgement {
    case used(why: String?)
    case ignored(why: String)
    case rejected(Errno, why: String)
    /// Depends on what a snapshot does not hold.
    case undetermined
  }

  /// Judges a message whose `cmsg_len` is sound.
  func judge(_ message: ControlMessage, layout: MessageLayout) -> Judgement {
    guard let level = levels.first(where: { $0.number == message.level }) else {
      return .ignored(why: otherLevels)
    }
    guard let type = level.types.first(where: { $0.number == message.type }) else {
      return level.unknownType
    }
    let size = message.length - UInt64(layout.controlHeaderSize)
    if let wanted = type.size.refusal(of: size, layout: layout) {
      return .rejected(
        .invalidArgument, why: "its data is \(size) bytes, it has to be \(wanted)")
    }
    if let values = type.values, message.data.count == 4,
      case let value = Int32(bitPattern: message.data.littleEndian32(at: 0)),
      !values.contains(value)
    {
      return .rejected(
        .invalidArgument,
        why: "its value is \(value), it has to be \(values.lowerBound) to "
          + "\(values.upperBound)")
    }
    guard case .used = type.treatment, let release = message.knownSince else {
      return type.treatment
    }
    return .used(why: "known since Linux \(release), EINVAL before")
  }
}

/// The types known at one level.
struct ControlLevel {
  let number: Int32
  var unknownType = ControlReader.Judgement.rejected(
    .invalidArgument, why: "not a type that can be sent at this level")
  let types: [ControlType]
}

/// One type and what its data must look like.
struct ControlType {
  let number: Int32
  let size: ControlDataSize
  let treatment: ControlReader.Judgement
  /// Which values an `int` may have; nil for all, and where it depends on more than the value.
  var values: ClosedRange<Int32>?

  init(
    _ number: Int32, _ size: ControlDataSize,
    _ treatment: ControlReader.Judgement = .used(why: nil), values: ClosedRange<Int32>? = nil
  ) {
    self.number = number
    self.size = size
    self.treatment = treatment
    self.values = values
  }
}

/// How many bytes of data a type takes.
enum ControlDataSize {
  case any
  case exactly(UInt64)
  case either(UInt64, UInt64)
  case atLeast(UInt64)
  case atMost(UInt64)
  /// An `unsigned long` of the tracee.
  case word
  /// A multiple of `unit` up to `most`, and not none.
  case units(of: UInt64, most: UInt64)

  /// Nil where `size` is right, else what it has to be.
  func refusal(of size: UInt64, layout: MessageLayout) -> String? {
    switch self {
    case .any: nil
    case .exactly(let wanted): size == wanted ? nil : "\(wanted)"
    case .either(let one, let other): size == one || size == other ? nil : "\(one) or \(other)"
    case .atLeast(let least): size >= least ? nil : "\(least) or more"
    case .atMost(let most): size <= most ? nil : "\(most) or fewer"
    case .word: size == UInt64(layout.wordSize) ? nil : "\(layout.wordSize)"
    case .units(let unit, let most):
      size > 0 && size <= most && size % unit == 0 ? nil : "a multiple of \(unit) up to \(most)"
    }
  }
}
