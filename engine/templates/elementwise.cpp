{# USES_VARIABLES { N } #}
{% extends 'common_group.cpp' %}
{% block maincode %}
{% if _gate %}
    if (!{{get_array_name(_gate)}}[0]) return;
{% endif %}
    const size_t _vectorisation_idx = -1;
    {{scalar_code|autoindent}}
    const int _N = {{constant_or_scalar('N', variables['N'])}};
    #pragma GCC ivdep
    for (int _idx = 0; _idx < _N; _idx++)
    {
        const size_t _vectorisation_idx = _idx;
        {{vector_code|autoindent}}
    }
{% endblock %}
