<?xml version="1.0" encoding="UTF-8"?>
<!-- What Zebra indexes of a record of Dublin Core: the same as a node does. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:z="http://indexdata.com/zebra-2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" exclude-result-prefixes="dc">
  <xsl:template match="/*">
    <z:record z:id="{dc:identifier[1]}">
      <z:index name="identifier:0 any:w"><xsl:value-of select="dc:identifier[1]"/></z:index>
      <xsl:for-each select="dc:title">
        <z:index name="title:w any:w"><xsl:value-of select="."/></z:index>
      </xsl:for-each>
      <xsl:for-each select="dc:description[starts-with(., 'status: ')]">
        <z:index name="status:0"><xsl:value-of select="substring(., 9)"/></z:index>
      </xsl:for-each>
      <xsl:for-each select="dc:description[not(starts-with(., 'status: '))]">
        <z:index name="any:w"><xsl:value-of select="."/></z:index>
      </xsl:for-each>
      <!-- A code with all that it lies below, so that a subtree is one term. -->
      <xsl:for-each select="dc:subject[starts-with(., 'ICS ')]">
        <xsl:variable name="code" select="substring(., 5)"/>
        <z:index name="ics:0"><xsl:value-of select="substring($code, 1, 2)"/></z:index>
        <xsl:if test="string-length($code) &gt; 5">
          <z:index name="ics:0"><xsl:value-of select="substring($code, 1, 6)"/></z:index>
        </xsl:if>
        <xsl:if test="string-length($code) &gt; 6">
          <z:index name="ics:0"><xsl:value-of select="$code"/></z:index>
        </xsl:if>
      </xsl:for-each>
    </z:record>
  </xsl:template>
</xsl:stylesheet>
