using System.Runtime.InteropServices;

namespace Rushes.Webhooks;

/// <summary>The few functions of libcrypto that <see cref="Webhooks.Ed25519"/> needs. One means success.</summary>
internal static class OpenSsl
{
    private const string Library = "libcrypto.so.3";

    /// <summary>EVP_PKEY_ED25519.</summary>
    public const int Ed25519 = 1087;

    [DllImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    public static extern Key NewPrivateKey(int type, nint engine, byte[] key, nuint length);

    [DllImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    public static extern Key NewPublicKey(int type, nint engine, byte[] key, nuint length);

    [DllImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    public static extern int GetPublicKey(Key key, byte[] into, ref nuint length);

    [DllImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    public static extern Context NewContext();

    [DllImport(Library, EntryPoint = "EVP_DigestSignInit")]
    public static extern int SignInit(Context context, nint keyContext, nint digest, nint engine, Key key);

    [DllImport(Library, EntryPoint = "EVP_DigestSign")]
    public static extern int Sign(Context context, byte[] signature, ref nuint signatureLength, byte[] message, nuint messageLength);

    [DllImport(Library, EntryPoint = "EVP_DigestVerifyInit")]
    public static extern int VerifyInit(Context context, nint keyContext, nint digest, nint engine, Key key);

    [DllImport(Library, EntryPoint = "EVP_DigestVerify")]
    public static extern int Verify(Context context, byte[] signature, nuint signatureLength, byte[] message, nuint messageLength);

    [DllImport(Library, EntryPoint = "EVP_PKEY_free")]
    private static extern void FreeKey(nint key);

    [DllImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    private static extern void FreeContext(nint context);

    internal sealed class Key() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            FreeKey(handle);
            return true;
        }
    }

    internal sealed class Context() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            FreeContext(handle);
            return true;
        }
    }
}
