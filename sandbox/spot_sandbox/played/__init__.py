"""Operations beside create-order, answered from the document's examples and schemas. Nothing here keeps anything."""
