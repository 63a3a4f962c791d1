#!/usr/bin/perl
# odd_provider: an OAI-PMH provider that misbehaves, in a way that the path of its base URL names.  odd_provider.pl
# Prints its port; serves until it is killed.  A set is a moment in its life: what it lists under one is what it lists then.
use strict;
use warnings;
use IO::Socket::INET;

$| = 1;
$SIG{PIPE} = 'IGNORE';
my $door = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 16, ReuseAddr => 1) or die $!;
print $door->sockport, "\n";
my %seen; # how often each way and page was asked for

sub envelope {
    my ($what) = @_;
    return "<?xml version=\"1.0\"?><OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\">"
        . "<responseDate>2026-03-04T05:06:07Z</responseDate><request>x</request>$what</OAI-PMH>";
}

sub record {
    my ($id, $reference, $title) = @_;
    return "<record><header status=\"deleted\"><identifier>oai:odd:$id</identifier></header></record>" unless $reference;
    return "<record><header><identifier>oai:odd:$id</identifier></header><metadata>"
        . '<d:dc xmlns:d="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        . "<dc:identifier>$reference</dc:identifier><dc:title>$title</dc:title></d:dc></metadata></record>";
}

sub page {
    my ($records, $token) = @_;
    return envelope("<ListRecords>$records" . (defined $token ? "<resumptionToken>$token</resumptionToken>" : '')
        . '</ListRecords>');
}

# Three pages of two.
sub usual {
    my ($n) = @_;
    return page(join('', map { record($_, "ISO $_:2020", "Part $_ of all") } 2 * $n + 1, 2 * $n + 2),
        $n < 2 ? 'p' . ($n + 1) : '');
}

# What there is at different times: an item goes, one names another standard, one is named like another, one comes back.
my %moments = (
    first => record(1, 'ISO 1:2001', 'One') . record(2, 'ISO 2:2001', 'Two') . record(3, 'ISO 3:2001', 'Three')
        . record(4, 'ISO 1:2001', 'One once more') . record(5, 'A novel', 'A novel'),
    second => record(2) . record(3, 'ISO 33:2001', 'Three') . record(9),
    third => record(2, 'ISO 2:2001', 'Two, again') . record(6, 'ISO 3:2001', 'The new three'),
);

my %ways = (
    html => sub { (200, 'text/html; charset=utf-8', '<!DOCTYPE html><html><body><p>Welcome') },
    json => sub { (200, 'application/json', '{}') },
    broken => sub { (200, undef, substr(usual(0), 0, 700)) },
    nothing => sub { (200, undef, '') },
    moved => sub { (301, undef, '') },
    deep => sub { (200, undef, '<x>' x 5000) },
    bomb => sub { (200, undef, '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>' . page('&b;')) },
    same => sub { (200, undef, page(record(1, 'ISO 1:2001', 'One'), 'again')) },
    circle => sub { (200, undef, page(record(1, 'ISO 1:2001', 'One'), $_[0] eq 'a' ? 'b' : 'a')) },
    empty => sub { (200, undef, page('', "t$seen{count}")) },
    long => sub { (200, undef, page(record(1, 'ISO 1:2001', 'One'), 'x' x 20000)) },
    busy => sub { $_[1] == 1 && $_[0] ne 'p1' ? (503, undef, '') : (200, undef, usual($_[0] =~ /p(\d)/ ? $1 : 0)) },
    always => sub { (503, undef, '') },
    cut => sub { $_[0] eq 'p1' && $_[1] == 1 ? (0, undef, '') : (200, undef, usual($_[0] =~ /p(\d)/ ? $1 : 0)) },
    fails => sub { $_[0] eq 'p2' ? (500, undef, '') : (200, undef, usual($_[0] =~ /p(\d)/ ? $1 : 0)) },
    forgets => sub {
        $_[0] eq 'p2' && $_[1] == 1
            ? (200, undef, envelope('<error code="badResumptionToken">gone</error>'))
            : (200, undef, usual($_[0] =~ /p(\d)/ ? $1 : 0));
    },
    # As fails, but it has got well.
    well => sub { (200, undef, usual($_[0] =~ /p(\d)/ ? $1 : 0)) },
    moments => sub { (200, undef, page($moments{ $_[2] })) },
);

sub answer {
    my ($way, $verb, $token, $set) = @_;
    return (200, undef, envelope('<Identify><repositoryName>An odd one</repositoryName><deletedRecord>persistent'
        . '</deletedRecord><granularity>YYYY-MM-DD</granularity></Identify>')) if $verb eq 'Identify';
    return (200, undef, envelope('<ListMetadataFormats><metadataFormat><metadataPrefix>oai_dc</metadataPrefix><schema>x'
        . '</schema><metadataNamespace>http://www.openarchives.org/OAI/2.0/oai_dc/</metadataNamespace></metadataFormat>'
        . '</ListMetadataFormats>')) if $verb eq 'ListMetadataFormats';
    $seen{count}++;
    return $ways{$way}->($token, ++$seen{"$way $token $set"}, $set);
}

while (my $c = $door->accept) {
    my ($first) = scalar(<$c>) // next;
    while (<$c>) { last if /^\r?$/ }
    my ($way) = $first =~ m{^GET /(\w+)};
    my %q = $first =~ m{[?&](\w+)=([^&\s]*)}g;
    if (defined $way && $way eq 'huge' && $q{verb} eq 'ListRecords') {
        # Larger than anybody takes; ended by whoever reads it.
        my $piece = '<!-- ' . 'x' x 1000000 . ' -->';
        print $c "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n";
        for (1 .. 200) { print $c $piece or last }
        close $c;
        next;
    }
    my ($status, $type, $body) = answer($way // '', $q{verb} // '', $q{resumptionToken} // '', $q{set} // '');
    if ($status == 0) { close $c; next }
    $type //= 'text/xml; charset=utf-8';
    print $c "HTTP/1.1 $status X\r\nContent-Type: $type\r\nContent-Length: ", length $body, "\r\nConnection: close\r\n",
        ($status == 503 ? "Retry-After: 1\r\n" : ''), ($status == 301 ? "Location: http://x.example/oai\r\n" : ''),
        "\r\n", $body;
    close $c;
}
