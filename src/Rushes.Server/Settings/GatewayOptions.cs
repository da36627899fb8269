using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Rushes.Server.Auth;

namespace Rushes.Server.Settings;

/// <summary>
/// What an operator may set: <c>--name value</c>, <c>RUSHES_NAME</c>, or <c>Rushes:Name</c> in appsettings.json, the first found counts.
/// </summary>
public sealed record GatewayOptions
{
    [Description("Addresses to listen on, separated by ';'.")]
    [Required]
    public string Urls { get; init; } = "http://127.0.0.1:8080";

    [Description("Folder of the database and the files.")]
    [Required]
    public string Data { get; init; } = "data";

    [Description("Where jobs, accounts and keys are kept: postgres://user:password@host[:port][,host2]/database; unset: SQLite in DATA.")]
    public string? Database { get; init; }

    [Description("What this gateway does, of api,work,sweep,webhooks; gateways that share a database may divide it among them.")]
    [RegularExpression(" *(api|work|sweep|webhooks) *(, *(api|work|sweep|webhooks) *)*", ErrorMessage = "Roles must be some of api,work,sweep,webhooks.")]
    [Required]
    public string Roles { get; init; } = "api,work,sweep,webhooks";

    [Description("Workers inside this process, 0 to 64; 0 for none.")]
    [Range(0, 64)]
    public int Workers { get; init; } = 1;

    [Description("What makes the videos: draft; comfyui=URL[,URL]; process=FILE[,FILE]; sd-server=FILE; several of these with ';' between, over which workers are spread.")]
    [Required]
    public string Engine { get; init; } = "draft";

    [Description("Drafts made at once inside this process, 1 to 16, beside the workers.")]
    [Range(1, 16)]
    public int Drafts { get; init; } = 1;

    [Description("Hours, 1 to 720, that a job waits for its draft to be approved; then it fails.")]
    [Range(1, 720)]
    public int ApprovalHours { get; init; } = 24;

    [Description("A folder of workflow files laid over the shipped ones; unset: those alone.")]
    public string? ComfyWorkflows { get; init; }

    [Description("Minutes, 1 to 240, without any progress after which a ComfyUI server counts as stuck.")]
    [Range(1, 240)]
    public int ComfyStallMinutes { get; init; } = 10;

    [Description("The first account's key, 16 to 512 characters that are hard to guess. Unset: one is made and kept in DATA/api-key.")]
    [CustomValidation(typeof(KeyStrength), nameof(KeyStrength.Validate))]
    public string? ApiKey { get; init; }

    [Description("The address clients reach this gateway by, such as https://video.example.com; unset: the one each request was sent to.")]
    [Url]
    public string? PublicUrl { get; init; }

    [Description("Addresses or networks, separated by commas, of proxies whose X-Forwarded-* headers are believed.")]
    public string? KnownProxies { get; init; }

    [Description("A catalog file laid over the shipped one; unset: DATA/catalog.json if it is there.")]
    public string? Catalog { get; init; }

    [Description("Where files are kept: local, which is DATA/files; local=FOLDER; or s3://bucket?endpoint=URL&region=NAME, see docs/operate/storage.md.")]
    [Required]
    public string Storage { get; init; } = "local";

    [Description("The access key for S3; unset: AWS_ACCESS_KEY_ID, or whatever else AWS's tools would find.")]
    public string? StorageAccessKey { get; init; }

    [Description("The secret key for S3; unset: AWS_SECRET_ACCESS_KEY, or whatever else AWS's tools would find.")]
    public string? StorageSecretKey { get; init; }

    [Description("Name of the bucket that local files are kept in, as in s3://bucket/key.")]
    [RegularExpression("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", ErrorMessage = "Bucket must be 3 to 63 lower-case letters, digits or '-'.")]
    public string Bucket { get; init; } = "rushes-files";

    [Description("Days that jobs are kept after their end, 1 to 36500; 0: for ever.")]
    [Range(0, 36500)]
    public int KeepJobsDays { get; init; }

    [Description("Days that videos and drafts are kept after their job's end, 1 to 36500; 0: for ever.")]
    [Range(0, 36500)]
    public int KeepOutputsDays { get; init; }

    [Description("Days that a request's pictures, sounds and clips are kept after its job's end, 1 to 36500; 0: for ever.")]
    [Range(0, 36500)]
    public int KeepInputsDays { get; init; } = 30;

    [Description("Days that files uploaded by fal's clients are kept, 1 to 36500; 0: for ever. Their link is good for 7.")]
    [Range(0, 36500)]
    public int KeepUploadsDays { get; init; } = 7;

    [Description("Days that the log of a callback is kept after its last try, 1 to 36500; 0: for ever.")]
    [Range(0, 36500)]
    public int KeepDeliveriesDays { get; init; } = 30;

    [Description("Hours, 13 to 9999, that stored files which belong to no job are left alone; 0: for ever.")]
    [RegularExpression("0|1[3-9]|[2-9][0-9]|[1-9][0-9]{2,3}", ErrorMessage = "KeepStraysHours must be 0, or 13 to 9999.")]
    public int KeepStraysHours { get; init; } = 24;

    [Description("Hours, 1 to 8760, that an Idempotency-Key counts.")]
    [Range(1, 8760)]
    public int IdempotencyHours { get; init; } = 24;

    [Description("Hours, 1 to 168, that links to results live in the kie, Pixazo and fal dialects.")]
    [Range(1, 168)]
    public int ResultLinkHours { get; init; } = 24;

    [Description("Networks, separated by commas, that links and callbacks may lead to although they are not public, such as 10.1.0.0/16.")]
    public string? FetchAllow { get; init; }

    [Description("Whether kie's clients see the states queuing and generating instead of waiting: true or false.")]
    public bool KieFiveStates { get; init; }

    [Description("Streams of job status, and runs that wait for their video, that an account may have open at once, 1 to 100000.")]
    [Range(1, 100000)]
    public int StreamsPerAccount { get; init; } = 1000;

    [Description("true: accounts take turns within a tier and priority, by their plan's weight; false: first come, first served.")]
    public bool FairShare { get; init; }

    [Description("A worker that was silent this long, in seconds, 5 to 3600, loses its job.")]
    [Range(5, 3600)]
    public int LeaseSeconds { get; init; } = 30;

    [Description("Remote workers, 1 to 10000, that one key may have at once; others are told to wait.")]
    [Range(1, 10000)]
    public int WorkersPerKey { get; init; } = 256;

    [Description("How many jobs, 0 to 100, may go before a waiting one of the same tier and priority because their model is loaded already; 0: none.")]
    [Range(0, 100)]
    public int WarmJobs { get; init; } = 4;

    [Description("Seconds, 1 to 3600, for which a waiting job may be passed over so.")]
    [Range(1, 3600)]
    public int WarmSeconds { get; init; } = 60;

    [Description("Seconds, 1 to 3600, that running jobs may go on when the gateway is told to stop; then they are handed back.")]
    [Range(1, 3600)]
    public int DrainSeconds { get; init; } = 12;

    [Description("Who may read /metrics, in Prometheus' format: \"off\": there is none; \"admin\": keys with the scope admin, where requests are answered; \"open\": whoever reaches MetricsUrls. \"otlp\": they are sent to the collector instead.")]
    [RegularExpression("off|admin|open|otlp", ErrorMessage = "Metrics must be off, admin, open or otlp.")]
    public string Metrics { get; init; } = "off";

    [Description("Addresses, separated by ';', on which /metrics alone is served without a key when Metrics is open.")]
    [RegularExpression(" *http://[^; ]+ *(; *http://[^; ]+ *)*", ErrorMessage = "MetricsUrls must be addresses such as http://127.0.0.1:9464.")]
    [Required]
    public string MetricsUrls { get; init; } = "http://127.0.0.1:9464";

    [Description("A collector's address that the traces of jobs are sent to by OTLP, such as http://127.0.0.1:4318; unset: there are none. See docs/operate/traces.md.")]
    [Url]
    public string? Otlp { get; init; }

    [Description("The share, 0 to 1, of requests without a trace of their own whose jobs are traced.")]
    [Range(0.0, 1.0)]
    public double TraceRatio { get; init; } = 1;

    [Description("How log lines look: text, or json: an object a line.")]
    [RegularExpression("text|json", ErrorMessage = "LogFormat must be text or json.")]
    public string LogFormat { get; init; } = "text";

    [Description("A folder that the console's pages are served from as they lie there, for those who change them; unset: those in the program.")]
    public string? ConsoleFiles { get; init; }

    [Description("A safety list laid over the shipped one; see docs/operate/safety.md.")]
    public string? SafetyList { get; init; }

    [Description("An OpenAI-compatible moderation endpoint, such as http://127.0.0.1:8001/v1/moderations; unset: the list alone.")]
    [Url]
    public string? ModerationUrl { get; init; }

    [Description("Sent to the moderation endpoint as a bearer token; unset: none.")]
    public string? ModerationKey { get; init; }

    [Description("The model that the moderation endpoint is asked for.")]
    [Required]
    public string ModerationModel { get; init; } = "omni-moderation-latest";

    [Description("Seconds, 1 to 30, that the moderation endpoint may take.")]
    [Range(1, 30)]
    public int ModerationTimeoutSeconds { get; init; } = 5;

    [Description("What a failing moderation endpoint means: \"closed\" refuses requests, \"open\" lets them through.")]
    [RegularExpression("open|closed", ErrorMessage = "ModerationFail must be open or closed.")]
    public string ModerationFail { get; init; } = "closed";
}
