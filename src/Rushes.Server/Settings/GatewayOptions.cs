using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Rushes.Server.Settings;

/// <summary>
/// The settings: <c>--name value</c>, <c>RUSHES_NAME</c>, or <c>Rushes:Name</c> in appsettings.json, in this order of precedence.
/// </summary>
public sealed record GatewayOptions
{
    [Description("Addresses to listen on, separated by ';'.")]
    [Required]
    public string Urls { get; init; } = "http://127.0.0.1:8080";

    [Description("Folder for the database and the files.")]
    [Required]
    public string Data { get; init; } = "data";

    [Description("Database for jobs, accounts and API keys: postgres://user:password@host[:port][,host2]/database. "
        + "Unset: SQLite in DATA.")]
    public string? Database { get; init; }

    [Description("What this gateway does: any of api,work,sweep,webhooks. Gateways that share a database can divide the roles.")]
    [RegularExpression(" *(api|work|sweep|webhooks) *(, *(api|work|sweep|webhooks) *)*",
        ErrorMessage = "Roles must be some of api,work,sweep,webhooks.")]
    [Required]
    public string Roles { get; init; } = "api,work,sweep,webhooks";

    [Description("Built-in workers, 0 to 64.")]
    [Range(0, 64)]
    public int Workers { get; init; } = 1;

    [Description("The program that generates the videos: draft; comfyui=URL[,URL]; process=FILE[,FILE]; sd-server=FILE; "
        + "videos-api=FILE. Separate several with ';'; workers are assigned to them in turn.")]
    [Required]
    public string Engine { get; init; } = "draft";

    [Description("Maximum number of drafts made at once, 1 to 16, in addition to the workers' jobs.")]
    [Range(1, 16)]
    public int Drafts { get; init; } = 1;

    [Description("Hours, 1 to 720, after which a job fails if its draft is not approved.")]
    [Range(1, 720)]
    public int ApprovalHours { get; init; } = 24;

    [Description("Folder with ComfyUI workflow files that extend or replace the built-in ones.")]
    public string? ComfyWorkflows { get; init; }

    [Description("Minutes, 1 to 240, without progress after which a ComfyUI server is considered stuck.")]
    [Range(1, 240)]
    public int ComfyStallMinutes { get; init; } = 10;

    [Description("A program with arguments, separated by spaces, that restarts a stuck ComfyUI server, such as "
        + "'systemctl restart comfyui@{port}'. At most 3 times an hour for each server.")]
    public string? ComfyRestart { get; init; }

    [Description("The first account's API key, 16 to 512 characters that are hard to guess. "
        + "Unset: one is generated and stored in DATA/api-key.")]
    [CustomValidation(typeof(KeyStrength), nameof(KeyStrength.Validate))]
    public string? ApiKey { get; init; }

    [Description("The gateway's address for clients, such as https://video.example.com. "
        + "Unset: the address that each request was sent to.")]
    [Url]
    public string? PublicUrl { get; init; }

    [Description("The address of an OpenID Connect provider that signs people in to the console, such as "
        + "https://id.example.com/realms/main. Unset: people sign in with API keys. See docs/operate/sign-in.md.")]
    [Url]
    public string? OidcAuthority { get; init; }

    [Description("The gateway's client id at the provider.")]
    public string? OidcClientId { get; init; }

    [Description("The gateway's client secret at the provider. Unset: a public client, with PKCE alone.")]
    public string? OidcClientSecret { get; init; }

    [Description("A file with the client secret, instead of OidcClientSecret.")]
    public string? OidcClientSecretFile { get; init; }

    [Description("The name of the provider on the button \"Sign in with ...\". Unset: the host of OidcAuthority.")]
    public string? OidcName { get; init; }

    [Description("The groups whose members may sign in, and what they may do: GROUP=SCOPE+SCOPE, separated by commas, such as "
        + "studio=submit+read,operators=admin+submit+read. \"*\" is everyone whom the provider signs in.")]
    public string? OidcGroups { get; init; }

    [Description("The claim with a person's groups.")]
    [Required]
    public string OidcGroupsClaim { get; init; } = "groups";

    [Description("The claim that names the account which a person's first sign-in creates.")]
    [Required]
    public string OidcAccountClaim { get; init; } = "preferred_username";

    [Description("true: a first sign-in uses an account that exists with this name. Only for claims that people cannot choose.")]
    public bool OidcJoin { get; init; }

    [Description("The scopes to request from the provider, separated by spaces; openid is always one.")]
    [Required]
    public string OidcScopes { get; init; } = "openid profile";

    [Description("Addresses or networks, separated by commas, of proxies whose X-Forwarded-* headers are trusted.")]
    public string? KnownProxies { get; init; }

    [Description("File that extends the built-in catalog. Unset: DATA/catalog.json if it exists.")]
    public string? Catalog { get; init; }

    [Description("Where files are stored: local (DATA/files), local=FOLDER, or s3://bucket?endpoint=URL&region=NAME; "
        + "see docs/operate/storage.md.")]
    [Required]
    public string Storage { get; init; } = "local";

    [Description("The access key for S3. Unset: AWS_ACCESS_KEY_ID or another standard AWS source.")]
    public string? StorageAccessKey { get; init; }

    [Description("The secret key for S3. Unset: AWS_SECRET_ACCESS_KEY or another standard AWS source.")]
    public string? StorageSecretKey { get; init; }

    [Description("The bucket name of the local store, as in s3://bucket/key.")]
    [RegularExpression(
        "[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", ErrorMessage = "Bucket must be 3 to 63 lower-case letters, digits or '-'.")]
    public string Bucket { get; init; } = "rushes-files";

    [Description("Days, 1 to 36500, that jobs are kept after they end; 0 means forever.")]
    [Range(0, 36500)]
    public int KeepJobsDays { get; init; }

    [Description("Days, 1 to 36500, that videos and drafts are kept after their job ends; 0 means forever.")]
    [Range(0, 36500)]
    public int KeepOutputsDays { get; init; }

    [Description("Days, 1 to 36500, that input images, audio and clips are kept after their job ends; 0 means forever.")]
    [Range(0, 36500)]
    public int KeepInputsDays { get; init; } = 30;

    [Description("Days, 1 to 36500, that files uploaded by fal and OpenAI clients are kept; 0 means forever. "
        + "Their URL is valid for 7 days.")]
    [Range(0, 36500)]
    public int KeepUploadsDays { get; init; } = 7;

    [Description("Days, 1 to 36500, that the log of a webhook is kept after its last attempt; 0 means forever.")]
    [Range(0, 36500)]
    public int KeepDeliveriesDays { get; init; } = 30;

    [Description("Hours, 13 to 9999, that stored files which belong to no job are kept; 0 means forever.")]
    [RegularExpression("0|1[3-9]|[2-9][0-9]|[1-9][0-9]{2,3}", ErrorMessage = "KeepStraysHours must be 0, or 13 to 9999.")]
    public int KeepStraysHours { get; init; } = 24;

    [Description("Hours, 1 to 8760, that an Idempotency-Key is remembered.")]
    [Range(1, 8760)]
    public int IdempotencyHours { get; init; } = 24;

    [Description("Hours, 1 to 168, that download URLs are valid in the kie, Pixazo, fal, Replicate and OpenRouter APIs.")]
    [Range(1, 168)]
    public int ResultLinkHours { get; init; } = 24;

    [Description("Private networks, separated by commas, that input and webhook URLs may use, such as 10.1.0.0/16.")]
    public string? FetchAllow { get; init; }

    [Description("true: kie clients see the states queuing and generating instead of waiting.")]
    public bool KieFiveStates { get; init; }

    [Description("Model names of OpenAI clients: sora-2=wan22-fast-t2v+wan22-fast-i2v, separated by commas; "
        + "the model after + makes videos from an input reference.")]
    public string? OpenaiModels { get; init; }

    [Description("Model names of Replicate clients: OWNER/NAME=MODEL+MODEL, separated by commas; "
        + "the model after + is for requests with an image.")]
    public string? ReplicateModels { get; init; }

    [Description("Model names of OpenRouter clients: NAME=MODEL+MODEL, separated by commas; "
        + "the model after + is for requests with an image.")]
    public string? OpenrouterModels { get; init; }

    [Description("Maximum number of open status streams and synchronous runs per account, 1 to 100000.")]
    [Range(1, 100000)]
    public int StreamsPerAccount { get; init; } = 1000;

    [Description("true: accounts take turns within a tier and priority, by their plan's weight. "
        + "false: jobs start in the order they were created.")]
    public bool FairShare { get; init; }

    [Description("Seconds, 5 to 3600, after which a worker that does not respond loses its job.")]
    [Range(5, 3600)]
    public int LeaseSeconds { get; init; } = 30;

    [Description("Maximum number of remote workers per key, 1 to 10000; further workers have to wait.")]
    [Range(1, 10000)]
    public int WorkersPerKey { get; init; } = 256;

    [Description("How many jobs, 0 to 100, may start before a waiting one of the same tier and priority because their model is "
        + "already loaded; 0 disables this.")]
    [Range(0, 100)]
    public int WarmJobs { get; init; } = 4;

    [Description("Seconds, 1 to 3600, for which a waiting job may be skipped because another model is loaded.")]
    [Range(1, 3600)]
    public int WarmSeconds { get; init; } = 60;

    [Description("Seconds, 1 to 3600, that running jobs may continue when the gateway stops; then they return to the queue.")]
    [Range(1, 3600)]
    public int DrainSeconds { get; init; } = 12;

    [Description("Access to /metrics in Prometheus' format: \"off\" disables it; \"admin\" requires a key with the scope admin; "
        + "\"open\" requires no key and uses MetricsUrls; \"otlp\" sends metrics to the collector instead.")]
    [RegularExpression("off|admin|open|otlp", ErrorMessage = "Metrics must be off, admin, open or otlp.")]
    public string Metrics { get; init; } = "off";

    [Description("Addresses, separated by ';', that serve only /metrics, without a key, if Metrics is open.")]
    [RegularExpression(
        " *http://[^; ]+ *(; *http://[^; ]+ *)*", ErrorMessage = "MetricsUrls must be addresses such as http://127.0.0.1:9464.")]
    [Required]
    public string MetricsUrls { get; init; } = "http://127.0.0.1:9464";

    [Description("Address of an OpenTelemetry collector for traces, such as http://127.0.0.1:4318. Unset: tracing is off. "
        + "See docs/operate/traces.md.")]
    [Url]
    public string? Otlp { get; init; }

    [Description("The fraction, 0 to 1, of jobs to trace if the client did not send a trace.")]
    [Range(0.0, 1.0)]
    public double TraceRatio { get; init; } = 1;

    [Description("Log format: text, or json with one object per line.")]
    [RegularExpression("text|json", ErrorMessage = "LogFormat must be text or json.")]
    public string LogFormat { get; init; } = "text";

    [Description("Folder to serve the console's files from, for development. Unset: the built-in files.")]
    public string? ConsoleFiles { get; init; }

    [Description("File that extends the built-in word list of the safety checker; see docs/operate/safety.md.")]
    public string? SafetyList { get; init; }

    [Description("An OpenAI-compatible moderation endpoint, such as http://127.0.0.1:8001/v1/moderations. "
        + "Unset: only the word list is used.")]
    [Url]
    public string? ModerationUrl { get; init; }

    [Description("The bearer token for the moderation endpoint.")]
    public string? ModerationKey { get; init; }

    [Description("The model to request from the moderation endpoint.")]
    [Required]
    public string ModerationModel { get; init; } = "omni-moderation-latest";

    [Description("Seconds, 1 to 30, until a moderation request times out.")]
    [Range(1, 30)]
    public int ModerationTimeoutSeconds { get; init; } = 5;

    [Description("If moderation fails: \"closed\" rejects requests, \"open\" accepts them.")]
    [RegularExpression("open|closed", ErrorMessage = "ModerationFail must be open or closed.")]
    public string ModerationFail { get; init; } = "closed";
}
