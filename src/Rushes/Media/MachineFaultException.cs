namespace Rushes.Media;

/// <summary>A decoder failed because of this machine, not because of the file: the same may succeed later or elsewhere.</summary>
public sealed class MachineFaultException(string message) : Exception(message);
