using Npgsql;
using Rushes.Database.Postgres;
using Xunit;

namespace Rushes.Tests.Postgres;

public sealed class PostgresUrlTests
{
    [Theory]
    [InlineData("postgres://u:p@h/db", "h", "u", "p", "db")]
    [InlineData("postgresql://h:6000/db", "h:6000", null, null, "db")]
    [InlineData("postgres://u@h1,h2:6000/db?sslmode=verify-full", "h1,h2:6000", "u", null, "db")]
    [InlineData("postgres://a%40b:p%3A%2F%40%3B'%22@[::1]:5432/my%20db", "[::1]:5432", "a@b", "p:/@;'\"", "my db")]
    public void An_address_says_where_and_who(string text, string host, string? user, string? password, string database)
    {
        var parts = new NpgsqlConnectionStringBuilder(PostgresUrl.Parse(text).Connection);
        Assert.Equal((host, user, password, database), (parts.Host, parts.Username, parts.Password, parts.Database));
    }

    [Fact]
    public void What_comes_after_the_question_mark_is_set()
    {
        var url = PostgresUrl.Parse(
            "postgres://h/db?sslmode=verify-ca&sslrootcert=/etc/ca%20file.pem&connect_timeout=3&pool=40&application_name=a");
        var parts = new NpgsqlConnectionStringBuilder(url.Connection);
        Assert.Equal(
            (SslMode.VerifyCA, "/etc/ca file.pem", 3, "a", 40),
            (parts.SslMode, parts.RootCertificate, parts.Timeout, parts.ApplicationName, url.Readers));
    }

    [Theory]
    [InlineData("postgres://u:p@ep-x.aws.example.com/db?sslmode=require&channel_binding=require")]
    [InlineData("postgresql://u:p@h1,h2/db?sslmode=verify-full&sslrootcert=system&target_session_attrs=read-write")]
    public void The_url_of_a_managed_server_is_taken_as_its_console_shows_it(string text)
    {
        var parts = new NpgsqlConnectionStringBuilder(PostgresUrl.Parse(text).Connection);
        Assert.Null(parts.RootCertificate);
        Assert.Equal(
            text.Contains("channel_binding", StringComparison.Ordinal) ? ChannelBinding.Require : ChannelBinding.Prefer,
            parts.ChannelBinding);
    }

    [Theory]
    [InlineData("mysql://h/db", "postgres://")]
    [InlineData("postgres:///db", "host")]
    [InlineData("postgres://u:secret@h", "database")]
    [InlineData("postgres://u:secret@h/", "database")]
    [InlineData("postgres://u:secret@h:x/db", "h:x")]
    [InlineData("postgres://u:secret@h,/db", "host")]
    [InlineData("postgres://u:secret@h/db?sslmod=require", "sslmod")]
    [InlineData("postgres://u:secret@h/db?sslmode=maybe", "maybe")]
    [InlineData("postgres://u:secret@h/db?sslmode=2", "sslmode \"2\" is not one of disable, allow")]
    [InlineData("postgres://u:secret@h/db?channel_binding=no", "disable, prefer, require")]
    [InlineData("postgres://u:secret@h/db?target_session_attrs=standby", "read-write, primary, any")]
    [InlineData("postgres://u:secret@h/db?pool=0", "pool")]
    public void A_bad_one_is_rejected_with_what_is_wrong_and_without_the_password(string text, string says)
    {
        var error = Assert.Throws<FormatException>(() => PostgresUrl.Parse(text));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_shown_without_who_and_the_password() =>
        Assert.Equal("h1,h2:6000/db", PostgresUrl.Parse("postgres://u:secret@h1,h2:6000/db").Shown);
}
