import ArgumentParser

/// The options about output files that grow for long: the same wherever files are written.
struct RotationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Go on in a new file when one has so many: 100MB.", valueName: "size"),
    transform: ByteSize.parse)
  var maxSize: ByteSize?

  @Option(
    help: ArgumentHelp("Full files to keep (default: 5).", valueName: "number"),
    transform: FileCount.parse)
  var keep: FileCount?

  /// Nil where files may grow as they will.
  func rotation(of outputs: [String]) throws -> FileRotation? {
    guard let maxSize else {
      guard keep == nil else { throw ValidationError("--keep is of use with --max-size only") }
      return nil
    }
    guard outputs.contains(where: { $0 != "-" }) else {
      throw ValidationError("--max-size is for files: give -o FILE")
    }
    return FileRotation(maximumSize: maxSize.bytes, keep: (keep ?? .standard).number)
  }
}
