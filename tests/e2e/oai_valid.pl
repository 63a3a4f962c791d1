#!/usr/bin/perl
# oai_valid: are these answers of an OAI-PMH provider as its schemas say?  oai_valid.pl FILE...
#
# What OAI-PMH.xsd, oai_dc.xsd, oai-identifier.xsd and MARC21slim.xsd demand, checked here without them: order and number
# of elements, forms of values, namespaces.  Prints each fault, then how much was looked at; fails if there was any.
use strict;
use warnings;
use XML::LibXML;

my ($oai, $dc) = ('http://www.openarchives.org/OAI/2.0/', 'http://purl.org/dc/elements/1.1/');
my $second = qr/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/;
my $word = qr/[A-Za-z0-9\-_.!~*'()]+/;
my %codes = map { $_ => 1 } qw(badArgument badResumptionToken badVerb cannotDisseminateFormat idDoesNotExist
    noRecordsMatch noMetadataFormats noSetHierarchy);
my %verbs = (
    Identify => 'repositoryName baseURL protocolVersion adminEmail earliestDatestamp deletedRecord granularity( compression)*( description)*',
    ListMetadataFormats => 'metadataFormat( metadataFormat)*',
    ListSets => 'set( set)*( resumptionToken)?',
    GetRecord => 'record',
    ListIdentifiers => 'header( header)*( resumptionToken)?',
    ListRecords => 'record( record)*( resumptionToken)?',
);
my %dc = map { $_ => 1 } qw(title creator subject description publisher contributor date type format identifier source
    language relation coverage rights);
my ($faults, $file, %seen) = (0);

sub fault { $faults++; print "$file: @_\n"; return }
sub children { return grep { $_->nodeType == XML_ELEMENT_NODE } $_[0]->childNodes }
sub shape { return join ' ', map { $_->localname } children($_[0]) }
sub value {
    my ($e, $re, $what) = @_;
    my $text = $e ? $e->textContent : '(none)';
    fault("$what: $text") if $text !~ /\A$re\z/;
    return;
}

# Its children are these, in this order.
sub is_shaped {
    my ($e, $re) = @_;
    $seen{ $e->localname }++;
    fault($e->localname . ' holds ' . shape($e)) if shape($e) !~ /\A$re\z/;
    return;
}

sub check_dc {
    my ($e) = @_;
    fault('the root of oai_dc is ' . $e->localname) if $e->localname ne 'dc';
    for my $c (children($e)) {
        fault('not Dublin Core: ' . $c->nodeName) if ($c->namespaceURI // '') ne $dc || !$dc{ $c->localname };
        fault('in ' . $c->nodeName . ' stands an element') if children($c);
        fault('an attribute ' . $_->nodeName) for grep { $_->nodeName !~ /^xmlns|^xml:lang$/ } $c->attributes;
    }
    return;
}

sub check_marc {
    my ($e) = @_;
    my $last = '';
    is_shaped($e, 'leader( controlfield)+( datafield)+');
    my ($leader, @fields) = children($e);
    value($leader, qr/[\d ]{5}[\dA-Za-z ][\dA-Za-z][\dA-Za-z ]{3}(2| )(2| )[\d ]{5}[\dA-Za-z ]{3}(4500|    )/, 'leader');
    for my $f (@fields) {
        my $tag = $f->getAttribute('tag');
        fault("tag $tag after $last") if $tag lt $last;
        $last = $tag;
        value($f, qr/.{40}/, '008') if $tag eq '008';
        next if $f->localname eq 'controlfield';
        fault("$tag: indicators") if grep { $f->getAttribute($_) !~ /\A[\da-z ]\z/ } qw(ind1 ind2);
        is_shaped($f, 'subfield( subfield)*');
    }
    return;
}

sub check_metadata {
    my ($e) = @_;
    my ($root, @more) = children($e);
    fault('metadata is one element'), return if @more || !$root;
    my $ns = $root->namespaceURI // '';
    fault('metadata without a namespace of its own') if $ns eq '' || $ns eq $oai;
    $seen{$ns}++;
    check_dc($root) if $ns eq "${oai}oai_dc/";
    check_marc($root) if $ns eq 'http://www.loc.gov/MARC21/slim';
    return;
}

sub check_header {
    my ($e) = @_;
    is_shaped($e, 'identifier datestamp( setSpec)*');
    my ($id, $time, @sets) = children($e);
    value($id, qr{oai:[a-zA-Z][a-zA-Z0-9\-]*(?:\.[a-zA-Z][a-zA-Z0-9\-]*)+:[a-zA-Z0-9\-_.!~*'();/?:\@&=+\$,%]+}, 'identifier');
    value($time, $second, 'datestamp');
    value($_, qr/$word(?::$word)*/, 'setSpec') for @sets;
    my $status = $e->getAttribute('status') // 'deleted';
    fault("status $status") if $status ne 'deleted';
    return;
}

sub check_record {
    my ($e) = @_;
    my ($header, $metadata) = children($e);
    my $deleted = $header->hasAttribute('status');
    is_shaped($e, $deleted ? 'header' : 'header metadata( about)*');
    check_header($header);
    check_metadata($metadata) if $metadata;
    return;
}

sub check_identify {
    my %e = map { $_->localname => $_ } children($_[0]);
    value($e{protocolVersion}, '2\.0', 'protocolVersion');
    value($e{adminEmail}, '\S+@(\S+\.)+\S+', 'adminEmail');
    value($e{earliestDatestamp}, $second, 'earliestDatestamp');
    value($e{deletedRecord}, 'persistent', 'deletedRecord');
    value($e{granularity}, 'YYYY-MM-DDThh:mm:ssZ', 'granularity');
    is_shaped((children($e{description}))[0], 'scheme repositoryIdentifier delimiter sampleIdentifier');
    return;
}

sub check_verb {
    my ($e) = @_;
    my $verb = $e->localname;
    fault("no verb: $verb"), return if !$verbs{$verb};
    is_shaped($e, $verbs{$verb});
    check_identify($e) if $verb eq 'Identify';
    for my $c (children($e)) {
        my $name = $c->localname;
        check_record($c) if $name eq 'record';
        check_header($c) if $name eq 'header';
        is_shaped($c, 'setSpec setName') if $name eq 'set';
        is_shaped($c, 'metadataPrefix schema metadataNamespace') if $name eq 'metadataFormat';
        fault('cursor') if $name eq 'resumptionToken' && ($c->getAttribute('cursor') // '') !~ /\A\d+\z/;
    }
    return;
}

for my $name (@ARGV) {
    $file = $name;
    my $root = eval { XML::LibXML->load_xml(location => $file, no_network => 1)->documentElement };
    fault("not well-formed: $@"), next if !$root;
    is_shaped($root, 'responseDate request (error( error)*|\w+)');
    fault('not OAI-PMH') if $root->localname ne 'OAI-PMH' || $root->namespaceURI ne $oai;
    fault('schemaLocation')
        if ($root->getAttributeNS('http://www.w3.org/2001/XMLSchema-instance', 'schemaLocation') // '') ne "$oai ${oai}OAI-PMH.xsd";
    my ($date, $request, @rest) = children($root);
    value($date, $second, 'responseDate');
    value($request, qr{https?://\S+/oai}, 'request');
    if ($rest[0]->localname eq 'error') {
        fault('code ' . $_->getAttribute('code')) for grep { !$codes{ $_->getAttribute('code') } } @rest;
        my $bare = grep { $_->getAttribute('code') =~ /^bad(Verb|Argument)$/ } @rest;
        fault('the request repeats bad arguments') if $bare && $request->hasAttributes;
    } else {
        fault('the request has another verb') if ($request->getAttribute('verb') // '') ne $rest[0]->localname;
        check_verb($rest[0]);
    }
}
print scalar(@ARGV), ' answers: ', join(', ', map { "$seen{$_} $_" } sort keys %seen), "; $faults faults\n";
exit($faults > 0 || !@ARGV);
